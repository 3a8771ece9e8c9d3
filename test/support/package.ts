import path from 'node:path'

/** Where the program is that tests start: the package that was built for them, or else this checkout. */
export const packageRoot = process.env['WAYBILL_PACKAGE'] ?? path.resolve(import.meta.dirname, '../..')

export const command = path.join(packageRoot, 'bin', 'waybill.js')
