import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { createCosignerGroup, makeFireblocksConfigChange } from '../src/index.ts'
import { approval, closeCosigners, openCosigner, openHandler, signing } from './co-signer-rig.ts'
import { closeAll, nodeKeys } from './constellation.ts'

const second = generateKeyPairSync('rsa', { modulusLength: 2048 })

afterEach(async () => {
  await closeCosigners()
  await closeAll()
})

/** Two Co-signers with a key and an API user each, at two handlers that know both keys. */
async function openPair() {
  const callerKeys = [nodeKeys.publicKey, second.publicKey]
  const handlers = [await openHandler({ callerKeys }), await openHandler({ callerKeys })] as const
  const one = openCosigner(handlers[0]).cosigner
  const other = openCosigner(handlers[1], {
    name: 'cosigner-2',
    signerId: 'user-2',
    privateKey: second.privateKey,
  }).cosigner
  return { handlers, group: createCosignerGroup([one, other]) }
}

it('has a transaction signed by the first, once', async () => {
  const { group, handlers } = await openPair()
  const results = await group.sign(signing)
  expect(results.map(({ cosigner, decision }) => `${cosigner} ${decision}`)).toEqual(['cosigner-1 approved'])
  expect(handlers.map(({ requests }) => requests.length)).toEqual([1, 0])
})

it('is not stopped by one handler that cannot be reached', async () => {
  const { group, handlers } = await openPair()
  await handlers[0].close()
  const results = await group.sign(signing)
  expect(results.map(({ cosigner, decision }) => `${cosigner} ${decision}`)).toEqual([
    'cosigner-1 failed',
    'cosigner-2 approved',
  ])
  expect(handlers[1].requests[0]?.fireblocks?.signerId).toBe('user-2')
})

it('hands nothing on that was rejected, or that a handler failed to answer', async () => {
  const { group, handlers } = await openPair()
  handlers[0].setBehaviour('reject')
  expect(await group.sign(signing)).toMatchObject([{ decision: 'rejected' }])
  handlers[0].setBehaviour('http-500')
  expect(await group.sign(signing)).toMatchObject([{ decision: 'failed', failure: 'http' }])
  handlers[0].setBehaviour('close-connection')
  expect(await group.sign(signing)).toMatchObject([{ decision: 'failed', failure: 'no_answer' }])
  expect(handlers[1].requests).toHaveLength(0)
})

it('asks every approver about approvals and changes of the workspace', async () => {
  const { group, handlers } = await openPair()
  handlers[1].setBehaviour('ignore')
  const change = makeFireblocksConfigChange({ type: 'UNMANAGED_WALLET', seed: 1 })
  expect((await group.approve(() => approval)).map(({ decision }) => decision)).toEqual(['approved', 'ignored'])
  expect((await group.approve(() => change)).map(({ decision }) => decision)).toEqual(['approved', 'ignored'])
  expect(handlers[0].requests.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
    '/v2/tx_sign_request tx-approval',
    '/v2/config_change_sign_request config-change',
  ])
})

it('is never empty', () => {
  expect(() => createCosignerGroup([])).toThrow('at least one')
})
