import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePorts, SERVICE_NAMES, startProcess, type RunningProcess, type ServiceName } from '@callback-quorum/cli'
import { testRootPubkey } from '@callback-quorum/simulator'

const deploy = join(import.meta.dirname, '../../deploy')
const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
const FIRST_PORT = 15_020
const FILES = { limits: ['limits-rules.yaml'] } as const
const ROOT_KEY = /xpub[A-Za-z0-9]+/
const PORT = /\b11[0-9]{3}\b/g

export interface ComposeServices {
  readonly gatewayPort: number
  stop(): Promise<void>
}

export interface ComposeServicesOptions {
  readonly folder: string
  readonly secrets: string
  readonly databasePort: number
}

/**
 * The five services as processes, with the very files that compose.yaml mounts: only hosts, ports, the place of secrets and data, and the key group
 * that is to be one's own, are others.
 */
export async function startComposeServices({
  folder,
  secrets,
  databasePort,
}: ComposeServicesOptions): Promise<ComposeServices> {
  const texts = new Map<ServiceName, string>()
  for (const name of SERVICE_NAMES) texts.set(name, await readFile(join(deploy, `compose/config/${name}.yaml`), 'utf8'))
  const written = [...new Set([...texts.values()].flatMap((text) => text.match(PORT) ?? []))]
  const free = await freePorts(written.length, FIRST_PORT)
  const portOf = (port: string): number => free[written.indexOf(port)] ?? 0
  const running: RunningProcess[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((child) => child.stop()))
  }
  const start = async (name: ServiceName, text: string): Promise<void> => {
    const directory = join(folder, name)
    await mkdir(join(directory, 'data'), { recursive: true })
    const edited = text
      .replaceAll('/run/secrets/', `${join(secrets, name)}/`)
      .replaceAll('@postgres/', `@127.0.0.1:${String(databasePort)}/`)
      .replaceAll('0.0.0.0:', '127.0.0.1:')
      .replaceAll(/https:\/\/[a-z-]+:/g, 'https://127.0.0.1:')
      .replaceAll('/var/lib/callback-quorum', join(directory, 'data'))
      .replace(ROOT_KEY, testRootPubkey())
      .replaceAll(PORT, (port) => String(portOf(port)))
    const file = join(directory, `${name}.yaml`)
    await writeFile(file, edited)
    for (const own of name === 'limits' ? FILES.limits : [])
      await copyFile(join(deploy, 'compose/config', own), join(directory, own))
    if (text.includes('addresses: addresses.yaml')) {
      const addresses = await readFile(join(deploy, 'checkers', name, 'addresses.yaml'), 'utf8')
      await writeFile(join(directory, 'addresses.yaml'), addresses.replace(ROOT_KEY, testRootPubkey()))
    }
    const metrics = /metrics: \{ listen: 127\.0\.0\.1:(\d+)/.exec(edited)?.[1] ?? ''
    const readyUrl = `http://127.0.0.1:${metrics}/readyz`
    const args = [name, '--config', file]
    const child = startProcess({ name, node: process.execPath, args, env: process.env, readyUrl, main: MAIN })
    running.push(child)
    await child.ready().catch((error: unknown) => {
      throw new Error(`${name} did not start: ${child.lastLines().join('\n')}`, { cause: error })
    })
  }
  try {
    for (const [name, text] of texts) await start(name, text)
  } catch (error) {
    await stop()
    throw error
  }
  return { gatewayPort: portOf('11020'), stop }
}
