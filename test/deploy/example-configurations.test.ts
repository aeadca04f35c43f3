import { join } from 'node:path'
import { readBusinessLookupConfig } from '@callback-quorum/business-lookup'
import { createAssetRegistry, STARTER_ASSETS } from '@callback-quorum/chains'
import { loadAddressBook } from '@callback-quorum/checker-kit'
import { quorumMatrix, readGatewayConfig } from '@callback-quorum/gateway'
import { createIntegrityRules, readIntegrityConfig } from '@callback-quorum/integrity'
import { readLimitsConfig, readRules } from '@callback-quorum/limits'
import { readSanctionsConfig } from '@callback-quorum/sanctions'
import { expect, test } from 'vitest'

// The examples under deploy/ are read as the services read them: an example that does not start is worse than none.
const deploy = (...path: readonly string[]): string => join(import.meta.dirname, '../../deploy', ...path)

test('the example of the gateway is valid, binds every payment, and leaves ceremonies to integrity', async () => {
  const { value } = await readGatewayConfig(deploy('gateway/gateway.yaml'), {})
  const all = 'sanctions@1 + business-lookup@1 + integrity@1 + limits@2'
  expect(quorumMatrix(value).map(({ kind, require, unbound }) => [kind, require, unbound])).toEqual([
    ['keygen', 'integrity@1', false],
    ['keysign', all, false],
    ['keyreshare', 'integrity@1', false],
    ['keysharesign', 'integrity@1', false],
  ])
})

test.each([
  [1, 'current-server@1', 'integrity, limits, sanctions, business-lookup', true],
  [2, 'current-server@1 + integrity@1', 'limits, sanctions, business-lookup', false],
])('step %i of a migration is valid, and the server of today enforces', async (step, require, shadow, unbound) => {
  const { value } = await readGatewayConfig(deploy(`gateway/migration-${step}.yaml`), {})
  const rows = quorumMatrix(value)
  expect(rows.find(({ kind }) => kind === 'keysign')).toMatchObject({ require, shadow, unbound })
  expect(rows.every((row) => row.require.includes('current-server@1'))).toBe(true)
})

test('the example of integrity and its addresses are valid', async () => {
  const file = await readIntegrityConfig(deploy('checkers/integrity/integrity.yaml'), {})
  const assets = createAssetRegistry(STARTER_ASSETS)
  const addresses = await loadAddressBook(deploy('checkers/integrity', file.value.addresses ?? ''), assets)
  expect(createIntegrityRules(file, { assets, addresses })).toHaveLength(10)
  expect(addresses.listedOn('ethereum')).toHaveLength(1)
})

test('the example of limits and its rules are valid', async () => {
  const { value } = await readLimitsConfig(deploy('checkers/limits/limits.yaml'), {})
  const rules = await readRules(deploy('checkers/limits', value.rules), { assets: createAssetRegistry(STARTER_ASSETS) })
  expect(rules.value.rules).toHaveLength(7)
})

test('the example of sanctions is valid', async () => {
  expect((await readSanctionsConfig(deploy('checkers/sanctions/sanctions.yaml'), {})).value.lists).toHaveLength(1)
})

test.each([
  ['business-lookup', 'sql'],
  ['business-lookup-http', 'http'],
  ['business-lookup-inbox', 'inbox'],
])('the example %s is valid', async (name, kind) => {
  const { value } = await readBusinessLookupConfig(deploy('checkers/business-lookup', `${name}.yaml`), {})
  expect(value.connector.kind).toBe(kind)
})

test('every example carries the name that the gateway expects in its verdicts', async () => {
  const { value } = await readGatewayConfig(deploy('gateway/gateway.yaml'), {})
  const names = [
    (await readSanctionsConfig(deploy('checkers/sanctions/sanctions.yaml'), {})).value.service_name,
    (await readBusinessLookupConfig(deploy('checkers/business-lookup/business-lookup.yaml'), {})).value.service_name,
    (await readIntegrityConfig(deploy('checkers/integrity/integrity.yaml'), {})).value.service_name,
    (await readLimitsConfig(deploy('checkers/limits/limits.yaml'), {})).value.service_name,
  ]
  expect(value.checkers.map(({ name }) => name)).toEqual(names)
})
