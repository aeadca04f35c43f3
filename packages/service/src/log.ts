import { isatty } from 'node:tty'
import pino from 'pino'
import { prettyFactory } from 'pino-pretty'
import { redactMembers, redactText } from './redact.ts'
import { currentTraceId } from './tracing/current-span.ts'

export type Logger = pino.Logger

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'

export interface LoggerOptions {
  readonly name: string
  readonly level: LogLevel
  /** Absent: `pretty` when the log goes to a terminal, otherwise `json`. */
  readonly format?: 'json' | 'pretty' | undefined
  /** Absent: standard output. */
  readonly destination?: pino.DestinationStream | undefined
}

const STDOUT = 1

/**
 * A logger whose lines hold no secret: members with a secret's name are replaced at every depth, and tokens, private keys,
 * bearer credentials and URL passwords are cut out of whatever text is left. It is a backstop: log named, safe fields.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings: pino.LoggerOptions = {
    name: options.name,
    level: options.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: traceOfLine,
    formatters: { level: (label) => ({ level: label }), log: redactMembers },
    // redactMembers has turned errors into objects; pino's own serializer would take these for errors once more.
    serializers: { err: (err: unknown) => err },
    hooks: { streamWrite: redactText },
  }
  const isTerminal = options.destination === undefined && isatty(STDOUT)
  const output = options.destination ?? pino.destination({ dest: STDOUT, sync: true })
  const format = options.format ?? (isTerminal ? 'pretty' : 'json')
  return redactBindings(pino(settings, format === 'json' ? output : prettyOutput(output, isTerminal)))
}

/** What is said while a traced request is worked on can be found by its trace. */
function traceOfLine(): Readonly<Record<string, string>> {
  const traceId = currentTraceId()
  return traceId === undefined ? {} : { trace_id: traceId }
}

function prettyOutput(output: pino.DestinationStream, colorize: boolean): pino.DestinationStream {
  const prettify = prettyFactory({ colorize, ignore: 'pid,hostname' })
  return {
    write(line) {
      output.write(prettify(line))
    },
  }
}

/** pino formats the bindings of the root logger only (it resets that formatter in `child`). Children inherit these methods. */
function redactBindings(log: Logger): Logger {
  type Child = [bindings: pino.Bindings, options?: pino.ChildLoggerOptions]
  return Object.assign(Object.create(log) as Logger, {
    child(this: Logger, ...[bindings, options]: Child) {
      return log.child.call<Logger, Child, Logger>(this, redactMembers(bindings), options)
    },
    setBindings(this: Logger, bindings: pino.Bindings) {
      log.setBindings.call(this, redactMembers(bindings))
    },
  })
}
