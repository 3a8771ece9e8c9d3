// Every shape of the API, as data and as types. The command and the page are written against these.
export * from './schemas/changes.ts'
export * from './schemas/common.ts'
export * from './schemas/connections.ts'
export * from './schemas/imports.ts'
export * from './schemas/orders.ts'
export * from './schemas/problems.ts'
export * from './schemas/reconciliations.ts'
export * from './schemas/why.ts'
