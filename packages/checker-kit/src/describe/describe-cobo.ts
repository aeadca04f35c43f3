import { transactionIdOf, type CoboRequest } from '@callback-quorum/protocol'
import { readCeremony } from './ceremony.ts'
import type { Draft, Reading } from './draft.ts'
import { readKeySignV1 } from './key-sign-v1.ts'
import { readKeySignV2 } from './key-sign-v2.ts'
import { checkOrganisation } from './organisation.ts'
import { questionOfDraft, type DescribeContext, type Described } from './question-of-draft.ts'

/** A Cobo request seen neutrally (DESIGN.md, "One request, seen neutrally"). Pure: the same request and operator files, the same question. */
export function describeCobo(request: CoboRequest, context: DescribeContext): Described {
  const { dialect, kind, requestId } = request
  return questionOfDraft({ dialect, kind, requestId, transactionId: transactionIdOf(request) }, context, (reading) => {
    checkOrganisation(request, context.caller.organisation, reading.refuse)
    return readDraft(request, reading)
  })
}

function readDraft(request: CoboRequest, reading: Reading): Draft {
  if (request.kind !== 'keysign') return draftOfCeremony(request)
  return request.dialect === 'cobo-v1' ? readKeySignV1(request, reading) : readKeySignV2(request, reading)
}

/** Key ceremonies move nothing that an output could name; their whole detail is their content. */
function draftOfCeremony(request: Exclude<CoboRequest, { kind: 'keysign' }>): Draft {
  const { kind, detail, extra } = request
  return {
    reference: ('api_request_id' in extra && extra.api_request_id) || undefined,
    sources: [],
    movement: { operation: 'ceremony', outputs: [], payload: { kind, detail } },
    signingHashes: [],
    ceremony: readCeremony(request),
  }
}
