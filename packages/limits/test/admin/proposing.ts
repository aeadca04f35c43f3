import { expect } from 'vitest'
import type { AdminRig, Answered, Person } from './admin-rig.ts'

export const DIMENSIONS = { asset: 'USDT-ETHEREUM', wallet: 'hot-1' }

/** Proposes as olga and answers the id. */
export async function propose(rig: AdminRig, body: object, who: Person = 'olga'): Promise<string> {
  const { status, body: proposal } = await rig.post(who, '/v1/proposals', { reason: 'ticket 7', ...body })
  expect({ status, proposal }).toMatchObject({ status: 201, proposal: { state: 'open', proposed_by: who } })
  return String(proposal['id'])
}

export const approve = (rig: AdminRig, id: string, who: Person = 'anna'): Promise<Answered> =>
  rig.post(who, `/v1/proposals/${id}/approve`)

/** Proposed by one person, approved by another one. */
export async function byTwo(rig: AdminRig, body: object): Promise<Answered['body']> {
  const { status, body: answer } = await approve(rig, await propose(rig, body))
  expect({ status, answer }).toMatchObject({ status: 200, answer: { state: 'applied', decided_by: 'anna' } })
  return answer
}

export const refusal = (status: number, error: RegExp) => ({
  status,
  body: { error: expect.stringMatching(error) as string },
})
