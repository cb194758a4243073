/** @type {import('next').NextConfig} */
export default {
  // The library and its store on files are loaded by Node.js, not bundled.
  serverExternalPackages: ['wallet-sessions', 'lmdb'],
};
