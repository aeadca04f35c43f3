import type { CheckerConfig } from '@callback-quorum/checker-kit'
import type { GatewayConfig } from '@callback-quorum/gateway'
import type { CommonConfig, ConfigPath } from '@callback-quorum/service'
import type { ServiceName } from '../constellation/service-names.ts'
import type { OpenedService } from '../services.ts'
import type { Finding } from './finding.ts'

/** What every check stands on: as much of the configuration as can be read, and never more time than `timeoutMs`. */
export interface DoctorContext {
  /** As it was given. */
  readonly path: string
  /** What paths in the configuration are relative to. */
  readonly directory: string
  /** Absent where nobody can tell what it is for. */
  readonly service: ServiceName | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** The blocks that hold; of a configuration that holds, all of them. */
  readonly common: Partial<CommonConfig>
  /** Empty for a checker. */
  readonly gateway: Partial<GatewayConfig>
  /** Empty for a gateway. */
  readonly checker: Partial<CheckerConfig>
  /** Only of a configuration that a start would take. */
  readonly opened?: OpenedService
  /** Why a start would refuse it; empty when it would not. */
  readonly problems: readonly string[]
  /** `file:line:column path`. */
  readonly placeOf: (path: ConfigPath) => string
  /** Absolute. */
  readonly pathOf: (path: string) => string
  readonly nowMs: () => number
  readonly timeoutMs: number
}

/** Looks at one thing and changes nothing. Whatever it awaits ends with `signal`; it throws only for bugs. */
export interface Check {
  readonly name: string
  run(context: DoctorContext, signal: AbortSignal): Promise<readonly Finding[]>
}
