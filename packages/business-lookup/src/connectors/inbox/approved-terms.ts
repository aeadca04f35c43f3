import type { Field } from '../../record/field.ts'
import type { Intent } from '../../record/intent.ts'

/** Asset, call data and what every output pays, as one text: equal texts, equal terms. Compared as written, so that `1.0` and `1.00` differ. */
export const termsOf = ({ asset, calldata, outputs }: Intent): string =>
  JSON.stringify([
    written(asset),
    written(calldata),
    outputs.map(({ amount, destination, tag }) => [written(amount), written(destination), written(tag)]),
  ])

const written = (field: Field): readonly string[] => (field.is === 'text' ? [field.is, field.text] : [field.is])

export const isApproved = ({ status }: Intent, approvedStatus: readonly string[]): boolean =>
  status.is === 'text' && approvedStatus.includes(status.text)
