import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startE2eRig, type E2eRig } from './rig.ts'

const MAIN = join(import.meta.dirname, '../../packages/cli/dist/main.js')
/** Preloaded into a process: writes down every module of tracing that it loads, by import or require. */
const RECORDER = `import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { env } from 'node:process'
appendFileSync(env.LOADED_MODULES, 'preloaded\\n')
registerHooks({
  load(url, context, nextLoad) {
    if (/opentelemetry|otlp-tracer/.test(url)) appendFileSync(env.LOADED_MODULES, url + '\\n')
    return nextLoad(url, context)
  },
})
`

let rig: E2eRig
beforeAll(async () => {
  rig = await startE2eRig()
})
afterAll(() => rig.close())

/** What a real gateway of this configuration loads of OpenTelemetry until it is ready, and is stopped. */
async function loadedBy(lines: string): Promise<readonly string[]> {
  const recorder = join(rig.folder, 'record-modules.mjs')
  await writeFile(recorder, RECORDER)
  const [config, loaded] = [join(rig.folder, 'gateway.yaml'), join(rig.folder, 'loaded.txt')]
  const text = await readFile(config, 'utf8')
  const traced = join(rig.folder, 'gateway-other.yaml')
  await writeFile(traced, `${text}\n${lines}`)
  await writeFile(loaded, '')
  const env = { ...process.env, LOADED_MODULES: loaded }
  const child = spawn(
    process.execPath,
    ['--import', pathToFileURL(recorder).href, MAIN, 'gateway', '--config', traced],
    {
      env,
      stdio: 'ignore',
    },
  )
  const exited = once(child, 'exit')
  try {
    await expect
      .poll(
        () =>
          rig.metrics().then(
            ({ text: page }) => page.includes('callback_quorum_'),
            () => false,
          ),
        {
          timeout: 25_000,
          interval: 100,
        },
      )
      .toBe(true)
  } finally {
    child.kill('SIGTERM')
  }
  expect(await exited).toEqual([0, null])
  return (await readFile(loaded, 'utf8')).trim().split('\n')
}

/** The metrics library loads the interface package by itself; spans, their exporter and our own file for them are what tracing costs. */
const isOfTracing = (url: string): boolean => url !== 'preloaded' && !url.includes('/@opentelemetry/api/')

test('a gateway without tracing loads nothing of OpenTelemetry, and one with it does', async () => {
  const without = await loadedBy('')
  expect(without[0]).toBe('preloaded')
  expect(without.filter(isOfTracing)).toEqual([])
  // Nobody listens there: that keeps no gateway from starting.
  const loaded = (await loadedBy('tracing: { otlp: "http://127.0.0.1:1/v1/traces", ratio: 0.1 }')).filter(isOfTracing)
  for (const part of ['/@opentelemetry/sdk-trace/', '/@opentelemetry/otlp-transformer/', '/tracing/otlp-tracer.js'])
    expect(loaded.filter((url) => url.includes(part))).not.toEqual([])
}, 60_000)
