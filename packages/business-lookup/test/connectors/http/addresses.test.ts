import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAllowedAddresses } from '../../../src/connectors/http/allowed-addresses.ts'
import { text } from './business-server.ts'
import { createHttpRig, UNAVAILABLE, type HttpRig } from './http-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

// prettier-ignore
test.each([
  ['the metadata service', ['169.254.169.254']],
  ['the metadata service beside a good address', ['127.0.0.1', '169.254.169.254']],
  ['the metadata service of IPv6', ['fd00:ec2::254']],
  ['an address outside the ranges', ['10.21.0.1']],
  ['an address outside the ranges beside a good one', ['127.0.0.1', '203.0.113.7']],
  ['a good address in IPv6 clothes', ['::ffff:127.0.0.1']],
  ['another address of this machine', ['127.0.0.2']],
  ['this machine by IPv6', ['::1']],
  ['link-local', ['fe80::1%lo']],
  ['multicast', ['224.0.0.1']],
  ['no address', ['payouts.test']],
])('B22: a host that stands for %s is not connected to', async (_, addresses) => {
  const server = await rig.serve()
  rig.names.set('payouts.test', addresses)
  const { ask, errors } = await rig.open(server)
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect([server.connections, rig.resolved, await errors('address')]).toEqual([0, ['payouts.test'], 1])
  expect(rig.logged).toHaveLength(1)
  expect(rig.logged[0]).toContain('"level":"error"')
})

test('B22: a name that changes its mind after the check changes nothing, and the next connection is checked anew', async () => {
  const server = await rig.serve(text('{}', 404, { connection: 'close' }))
  const answers = [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1']]
  rig.names.set('payouts.test', () => answers.shift() ?? [])
  const { ask, errors } = await rig.open(server, { retries: 0 })
  expect(await ask()).toEqual({ found: 'none' })
  // One connection, one look-up: what was checked is what was connected to.
  expect([server.connections, rig.resolved.length]).toEqual([1, 1])
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect([server.connections, rig.resolved.length, await errors('address')]).toEqual([1, 2, 1])
  expect(await ask()).toEqual({ found: 'none' })
})

test('B22: an address in the URL is checked as names are, already in the configuration', async () => {
  const server = await rig.serve()
  const url = (host: string): string => `https://${host}:${server.port}/{reference}`
  const { ask } = await rig.open(server, { url: url('127.0.0.1') })
  expect(await ask()).toMatchObject({ found: 'one' })
  for (const host of ['127.0.0.2', '[::ffff:7f00:1]', '169.254.169.254', '[::1]'])
    await expect(rig.open(server, { url: url(host) })).rejects.toThrow('is at an address outside allow_addresses')
  expect(rig.resolved).toEqual([])
})

describe('addresses', () => {
  // prettier-ignore
  test.each([
    [['10.20.0.0/16'], '10.20.255.255', true],
    [['10.20.0.0/16'], '10.21.0.0', false],
    [['10.20.0.0/16'], '::ffff:10.20.0.1', false],
    [['10.20.0.0/16'], '64:ff9b::10.20.0.1', false],
    [['::ffff:10.20.0.0/112'], '::ffff:10.20.0.1', true],
    [['::ffff:10.20.0.0/112'], '::ffff:a14:1', true],
    [['::ffff:10.20.0.0/112'], '10.20.0.1', false],
    [['::/1'], '::ffff:10.20.0.1', false],
    [['fd12::/16'], 'fd12::1', true],
    [['fd12::/16'], 'fd12::1%eth0', false],
    [['10.20.0.7', '10.20.0.8/32'], '10.20.0.8', true],
    [['10.20.0.7'], '10.20.0.8', false],
    [['64.0.0.0/2'], '127.0.0.1', false],
    [['64.0.0.0/2'], '100.0.0.1', true],
    [['127.0.0.0/8'], '127.0.0.1', true],
    [['127.0.0.0/7'], '127.0.0.1', false],
    [['::/8'], '::1', false],
    [['::1'], '::1', true],
    [['::ffff:127.0.0.0/104'], '::ffff:127.0.0.1', true],
    [['::ffff:126.0.0.0/103'], '::ffff:127.0.0.1', false],
    [['169.254.0.0/16'], '169.254.169.254', false],
    [['fd00:ec2::254'], 'fd00:ec2::254', false],
    [['fe80::/10'], 'fe80::1', false],
    [['224.0.0.0/4'], '224.0.0.1', false],
    [['::ffff:169.254.0.0/112'], '::ffff:169.254.169.254', false],
    [['10.20.0.0/16'], 'payouts.test', false],
    [['10.20.0.0/16'], '', false],
  ])('ranges %j: %s is allowed: %s', (ranges, address, expected) => {
    expect(createAllowedAddresses(ranges).allows(address)).toBe(expected)
  })
})
