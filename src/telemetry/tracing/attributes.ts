/** The names of attributes: where there is one, that of OpenTelemetry's semantic conventions. */
export const ATTRIBUTES = {
  operationType: 'graphql.operation.type',
  operationName: 'graphql.operation.name',
  transport: 'network.protocol.name',
  errorType: 'error.type',
  storeSystem: 'db.system.name',
  storeCall: 'db.operation.name',
  requestId: 'wallet_sessions.request_id',
  signer: 'wallet_sessions.signer',
  isValid: 'wallet_sessions.signature_valid',
} as const;
