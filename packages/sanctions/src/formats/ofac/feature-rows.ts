import type { ListedRow } from '../../list/listed-row.ts'
import { splitVersionDetail } from '../split-version-detail.ts'

export interface ListedFeature {
  readonly featureId: string
  readonly code: string
  readonly details: { readonly text: string; readonly comment: string }[]
}

type PartyColumns = Omit<ListedRow, 'featureId' | 'code' | 'value' | 'comment' | 'unparsed'>

/** One row for each value of a feature, and one for each part that is none: nothing of its text is dropped. */
export function featureRows({ featureId, code, details }: ListedFeature, party: PartyColumns): ListedRow[] {
  const row = (value: string, comment: string, unparsed: boolean): ListedRow => ({
    featureId,
    code,
    value,
    ...party,
    ...(comment === '' ? {} : { comment }),
    unparsed,
  })
  if (details.length === 0) return [row('', '', true)]
  return details.flatMap(({ text, comment }) => {
    const { values, unparsed } = splitVersionDetail(text)
    const isTextLess = values.length === 0 && unparsed.length === 0
    return [
      ...values.map((value) => row(value, comment, false)),
      ...unparsed.map((value) => row(value, comment, true)),
      ...(isTextLess ? [row('', comment, true)] : []),
    ]
  })
}
