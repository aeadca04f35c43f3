import type { z } from 'zod'
import type { CoboDialect, Kind } from '../kinds.ts'
import type {
  v1CeremonyExtra,
  v1KeyGenDetail,
  v1KeyReshareDetail,
  v1KeySignDetail,
  v1KeySignExtra,
} from './v1-schemas.ts'
import type { v2KeyGenDetail, v2KeyReshareDetail, v2KeyShareSignDetail, v2KeySignDetail } from './v2-detail-schemas.ts'
import type { v2KeyGenExtra, v2KeyReshareExtra, v2KeyShareSignExtra, v2KeySignExtra } from './v2-extra-schemas.ts'

interface Request<
  D extends CoboDialect,
  K extends Kind,
  T extends number,
  Detail extends z.ZodType,
  Extra extends z.ZodType,
> {
  readonly dialect: D
  readonly kind: K
  readonly requestType: T
  readonly requestId: string
  /** Names as on the wire; null is absent; unknown members are dropped. */
  readonly detail: z.output<Detail>
  readonly extra: z.output<Extra>
}

export type CoboV1KeyGen = Request<'cobo-v1', 'keygen', 1, typeof v1KeyGenDetail, typeof v1CeremonyExtra>
export type CoboV1KeySign = Request<'cobo-v1', 'keysign', 2, typeof v1KeySignDetail, typeof v1KeySignExtra>
export type CoboV1KeyReshare = Request<'cobo-v1', 'keyreshare', 3, typeof v1KeyReshareDetail, typeof v1CeremonyExtra>
export type CoboV2KeyGen = Request<'cobo-v2', 'keygen', 1, typeof v2KeyGenDetail, typeof v2KeyGenExtra>
export type CoboV2KeySign = Request<'cobo-v2', 'keysign', 2, typeof v2KeySignDetail, typeof v2KeySignExtra>
export type CoboV2KeyReshare = Request<'cobo-v2', 'keyreshare', 3, typeof v2KeyReshareDetail, typeof v2KeyReshareExtra>
export type CoboV2KeyShareSign = Request<
  'cobo-v2',
  'keysharesign',
  5,
  typeof v2KeyShareSignDetail,
  typeof v2KeyShareSignExtra
>

export type CoboRequest =
  CoboV1KeyGen | CoboV1KeySign | CoboV1KeyReshare | CoboV2KeyGen | CoboV2KeySign | CoboV2KeyReshare | CoboV2KeyShareSign

export type CoboV2Transaction = NonNullable<CoboV2KeySign['extra']['transaction']>
export type CoboV2Source = CoboV2Transaction['source']
export type CoboV2Destination = CoboV2Transaction['destination']
export type CoboV2Fee = NonNullable<CoboV2Transaction['fee']>
export type CoboV2RawTxInfo = NonNullable<CoboV2Transaction['raw_tx_info']>

/** The id that a business key is made of (DESIGN.md, "One request, seen neutrally"); undefined when the request names none. */
export function transactionIdOf(request: CoboRequest): string | undefined {
  if (request.dialect === 'cobo-v1') return named(request.extra.cobo_id)
  if (request.kind !== 'keysign') return named(request.detail.biz_task_id)
  const { transaction } = request.extra
  return named(transaction?.cobo_id) ?? named(transaction?.transaction_id)
}

function named(id: string | undefined): string | undefined {
  return id === '' ? undefined : id
}
