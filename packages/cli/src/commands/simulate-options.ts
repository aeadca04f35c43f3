import type { OnError, RequestName } from '@callback-quorum/simulator'
import type { OutputFormat } from './output-option.ts'

export const MONITOR_SECONDS_DEFAULT = 10

/** As commander hands them over. */
export interface SimulateOptions {
  readonly server: readonly string[]
  readonly key: string
  readonly package?: string
  readonly make?: RequestName
  readonly to?: string
  readonly amount?: string
  readonly token?: string
  readonly chain?: string
  readonly reference?: string
  readonly requestId?: string
  readonly transactionId?: string
  readonly organisation?: string
  readonly wallet?: string
  readonly message?: string
  readonly describedTo?: string
  readonly describedAmount?: string
  readonly ca?: string
  readonly clientCert?: string
  readonly clientKey?: string
  readonly onError: OnError
  readonly retryTimes: number
  readonly sleepSeconds: number
  readonly requestTimeout: number
  readonly tokenExpireMinutes: number
  readonly monitor?: number | true
  readonly json?: boolean
  readonly output: OutputFormat
}

export const monitorSecondsOf = (monitor: number | true): number =>
  monitor === true ? MONITOR_SECONDS_DEFAULT : monitor
