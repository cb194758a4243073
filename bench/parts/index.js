import { graphql } from './graphql.js';
import { signIn } from './sign-in.js';
import { lifecycle } from './lifecycle.js';
import { sessionCheck } from './session-check.js';
import { verification } from './verification.js';

/** In the order in which they run. */
export const parts = [sessionCheck, graphql, verification, signIn, lifecycle];
