import { makeFireblocksTransfer, cosignerContent, type FireblocksTransferOptions } from '@callback-quorum/simulator'
import { expect, test } from 'vitest'
import { CUSTOMER, openLookupRig } from './business-lookup-rig.ts'

/** business-lookup.test.ts may run beside this file. */
const FIRST_ADMIN_PORT = 24_320
const REF = 'WD-00000001'
const COSIGNER = ['--caller', 'cosigner-demo'] as const
const [SIGNER, APPROVER] = ['api-user-signer', 'api-user-approver']

const transfer = (
  signerId: string | undefined,
  stage: 'approval' | 'signing',
  more: Partial<FireblocksTransferOptions> = {},
): Uint8Array =>
  cosignerContent(
    makeFireblocksTransfer({ to: CUSTOMER, amount: '1', stage, externalTxId: REF, txId: 'tx-1', ...more }),
    signerId,
  )

const change = (extraInfo: object, type = 'UNMANAGED_WALLET'): Uint8Array =>
  Buffer.from(JSON.stringify({ requestId: 'r-1', signerId: APPROVER, type, extraInfo }))

const WHITELISTING = { subType: 'EXTERNAL', walletId: 'w-1', walletName: 'a customer', asset: 'ETH', address: CUSTOMER }

test('a payment is tried by the token or the JSON of a Co-signer, at its approval and at its signing', async () => {
  const rig = await openLookupRig(FIRST_ADMIN_PORT)
  await rig.add(REF)
  for (const content of [transfer(APPROVER, 'approval'), transfer(SIGNER, 'signing')]) {
    const byToken = await rig.try(await rig.writeCosignerToken(content))
    expect(byToken).toMatchObject({ exitCode: 0, stderr: '' })
    expect(byToken.stdout).toMatch(/^APPROVE fireblocks:acme:tx-1, reference WD-00000001\nlooked up by sql in \d+ ms\n/)
    expect((await rig.try(await rig.writeJson(content), ...COSIGNER)).exitCode).toBe(0)
  }
  const more = await rig.try(await rig.writeJson(transfer(SIGNER, 'signing', { amount: '2' })), ...COSIGNER)
  expect(more).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/AMOUNT_MISMATCH/) as string })
  expect(await rig.database.query({ text: 'select 1 from claim' })).toEqual([])
})

test('a request that names no API user needs one named, and one of another user, role or caller is refused', async () => {
  const rig = await openLookupRig(FIRST_ADMIN_PORT)
  await rig.add(REF)
  const unnamed = await rig.writeJson(transfer(undefined, 'approval'))
  expect(await rig.try(unnamed, ...COSIGNER)).toMatchObject({
    exitCode: 64,
    stderr: expect.stringMatching(/--signer-id says which; expected of api-user-signer, api-user-approver/) as string,
  })
  expect((await rig.try(unnamed, ...COSIGNER, '--signer-id', APPROVER)).exitCode).toBe(0)
  const refused = async (content: Uint8Array, ...args: readonly string[]): Promise<string> => {
    const { exitCode, stderr, stdout } = await rig.try(await rig.writeJson(content), ...args)
    return `${stdout}${String(exitCode)} ${stderr}`
  }
  expect(await refused(transfer('nobody', 'approval'), ...COSIGNER)).toMatch(/^1 .*none of the API users/)
  expect(await refused(transfer(APPROVER, 'signing'), ...COSIGNER)).toMatch(/^1 .*only approves/)
  expect(await refused(transfer(SIGNER, 'signing'), ...COSIGNER, '--signer-id', APPROVER)).toMatch(/^64 .*is for/)
  expect(await refused(transfer(SIGNER, 'signing'), ...COSIGNER, '--dialect', 'cobo-v2')).toMatch(/^64 .*--dialect/)
  expect(await refused(Buffer.from('{"requestId":"r"}'), ...COSIGNER)).toMatch(/^1 .*no request that is understood/)
  const token = await rig.writeCosignerToken(transfer(SIGNER, 'signing'))
  expect(await rig.try(token, '--caller', 'node-demo')).toMatchObject({ exitCode: 64 })
  const foreign = await rig.writeJson(Buffer.from('eyJhbGciOiJSUzI1NiJ9.e30.AA'))
  expect(await rig.try(foreign)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/the token is not one of a caller/) as string,
  })
})

test('a whitelisting is compared with its record, and other changes as the configuration says', async () => {
  const rig = await openLookupRig(FIRST_ADMIN_PORT)
  const tried = async (content: Uint8Array): Promise<string> => {
    const { exitCode, stdout } = await rig.try(await rig.writeJson(content), ...COSIGNER)
    return `${String(exitCode)} ${stdout}`
  }
  expect(await tried(change(WHITELISTING))).toMatch(/^2 CANNOT TELL .*\n {2}INTENT_NOT_FOUND: /)
  await rig.payouts.query({
    text: `insert into whitelisting values ('w-1', 'approved', 'ETH', $1)`,
    values: [CUSTOMER],
  })
  const equal = await tried(change(WHITELISTING))
  expect(equal).toMatch(/^0 APPROVE fireblocks:acme:config-change\/r-1, reference whitelisting:w-1\n/)
  expect(equal).toMatch(/destination +same_address +0x8B45\S* +0x8B45\S* +equal\n/)
  expect(equal).toMatch(/Nobody holds the reference\.\nNothing was claimed\.\n$/)
  expect(equal).not.toMatch(/amount/)
  const other = { ...WHITELISTING, address: CUSTOMER.toLowerCase().replace(/d$/, 'e') }
  expect(await tried(change(other))).toMatch(/^1 REJECT .*\n {2}DESTINATION_MISMATCH: /)
  expect(await tried(change({ ...WHITELISTING, asset: 'MATIC_POLYGON' }))).toMatch(/^1 .*\n {2}ASSET_MISMATCH: /)
  expect(await tried(change({ ...WHITELISTING, tag: '7' }))).toMatch(/^1 .*\n {2}TAG_MISMATCH: /)
  expect(await tried(change({}, 'ADD_USER'))).toMatch(/^0 APPROVE a request of cosigner-demo\/api-user-approver\n/)
  expect(await tried(change({}, 'POLICY_APPROVAL'))).toMatch(/^1 REJECT .*\n {2}CONFIG_TYPE_NOT_ALLOWED: /)
  expect(await tried(change({}, 'SOMETHING_NEW'))).toMatch(/^1 REJECT .*\n {2}CONFIG_TYPE_NOT_ALLOWED: /)
  expect(await rig.database.query({ text: 'select 1 from claim' })).toEqual([])
})
