import { describeStoreContract } from './contract.js';

describeStoreContract('Redis Cluster');
