import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Full path of a program of PATH; undefined when it is not installed. */
export function installedProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What tests without it say. */
export const PROMETHEUS_NEEDED = "the real Prometheus (Debian's package `prometheus` is needed)"
export const hasPrometheus = installedProgram('prometheus') !== undefined
