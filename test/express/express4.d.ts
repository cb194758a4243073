// Express 4 is installed beside Express 5 under this name. The tests use only what has the same types in both.
declare module 'express4' {
  export { default } from 'express';
}
