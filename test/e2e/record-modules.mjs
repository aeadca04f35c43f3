// Preloaded into a process: writes down every module of OpenTelemetry that it loads, by import or require.
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { env } from 'node:process'

const file = env.LOADED_MODULES
appendFileSync(file, 'preloaded\n')
registerHooks({
  load(url, context, nextLoad) {
    if (url.includes('opentelemetry') || url.endsWith('/otlp-tracer.js')) appendFileSync(file, `${url}\n`)
    return nextLoad(url, context)
  },
})
