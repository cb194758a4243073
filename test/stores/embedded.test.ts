import { describeStoreContract } from './contract.js';

describeStoreContract('embedded');
