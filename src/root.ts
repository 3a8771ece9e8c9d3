import { existsSync } from 'node:fs'
import path from 'node:path'

/** The folder with Waybill's package.json, from the sources as from the built program. */
export const root = rootOf(import.meta.dirname)

function rootOf(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const parent = path.dirname(folder)
  if (parent === folder) throw new Error(`No package.json above ${import.meta.dirname}`)
  return rootOf(parent)
}

/** What is run as `waybill`. */
export const entry = path.join(root, 'bin', 'waybill.js')
