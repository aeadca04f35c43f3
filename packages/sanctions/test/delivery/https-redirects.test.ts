import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createHttpsRig, LIST_TEXT, urlOf, type HttpsRig, type ListServer, type Respond } from './https-rig.ts'

let rig: HttpsRig
beforeAll(async () => {
  rig = await createHttpsRig()
})
afterEach(async () => {
  expect(await rig.left()).toEqual([])
  await rig.clear()
})
afterAll(() => rig.close())

const to =
  (location: string, status = 302): Respond =>
  (_, response) =>
    void response.writeHead(status, { location }).end('elsewhere')

/** The bytes' digest when a list came, else the fault's code. */
async function outcomeOf(server: ListServer, redirectHosts: readonly string[] = []): Promise<string> {
  const outcome = await rig.fetch(server, { redirectHosts })
  if ('code' in outcome) return outcome.code
  if (outcome.result === 'delivered') await outcome.discard()
  return outcome.result
}

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('of status %i is followed, whatever its body', async (status) => {
    const server = await rig.server()
    server.respond = (request, response) => {
      if (request.url === '/sdn.xml') to('/other.xml?signature=1', status)(request, response)
      else response.end(LIST_TEXT)
    }
    expect(await outcomeOf(server)).toBe('delivered')
    expect(server.requests.map(({ url }) => url)).toEqual(['/sdn.xml', '/other.xml?signature=1'])
  })

  // prettier-ignore
  test.each([
    ['a host that is named', 'store.test', ['store.test']],
    ['a name under a named domain', 'eu.store.test', ['*.store.test', 'eu.store.test']],
  ])('to %s is followed', async (_, host, redirectHosts) => {
    const store = await rig.server()
    const server = await rig.server(to(urlOf(store, host)))
    expect(await outcomeOf(server, redirectHosts)).toBe('delivered')
    expect(store.requests).toHaveLength(1)
  })

  // prettier-ignore
  test.each([
    ['a host that is not named', (port: number) => `https://store.test:${port}/`, []],
    ['a host of which another is named', (port: number) => `https://store.test:${port}/`, ['eu.store.test']],
    ['the domain itself, of which names below are named', (port: number) => `https://store.test:${port}/`, ['*.store.test']],
    ['a host that only ends like a named one', (port: number) => `https://eu.store.test:${port}/`, ['store.test']],
    ['http', (port: number) => `http://list.test:${port}/`, []],
    ['a file', () => 'file:///etc/passwd', []],
    ['the same host with a user', (port: number) => `https://user@list.test:${port}/`, []],
    ['the same host with a password', (port: number) => `https://:secret@list.test:${port}/`, []],
    ['what is no URL', () => 'https://[', []],
  ] satisfies readonly [string, (port: number) => string, string[]][])('to %s is refused, and nothing asked there', async (_, location, redirectHosts) => {
    const store = await rig.server()
    const server = await rig.server(to(location(store.port)))
    expect(await outcomeOf(server, redirectHosts)).toBe('ERR_SANCTIONS_DELIVERY_REDIRECT')
    expect([server.requests.length, store.requests.length]).toEqual([1, 0])
  })

  test('without a location, or with two, is refused', async () => {
    expect(await outcomeOf(await rig.server((_, response) => void response.writeHead(302).end()))).toBe(
      'ERR_SANCTIONS_DELIVERY_REDIRECT',
    )
    const twice: Respond = (_, response) => void response.writeHead(302, ['location', '/a', 'location', '/b']).end()
    expect(await outcomeOf(await rig.server(twice))).toBe('ERR_SANCTIONS_DELIVERY_REDIRECT')
  })

  test('is followed five times and not six', async () => {
    const chain =
      (last: number): Respond =>
      ({ url = '' }, response) => {
        const hop = Number(/[0-9]+$/.exec(url)?.[0] ?? 0)
        if (hop < last) response.writeHead(302, { location: `/hop/${hop + 1}` }).end()
        else response.end(LIST_TEXT)
      }
    expect(await outcomeOf(await rig.server(chain(5)))).toBe('delivered')
    const server = await rig.server(chain(6))
    expect(await outcomeOf(server)).toBe('ERR_SANCTIONS_DELIVERY_REDIRECT')
    expect(server.requests).toHaveLength(6)
  })

  test('takes the token nowhere but to the origin that is configured', async () => {
    const store = await rig.server()
    const otherPort = await rig.server()
    const server = await rig.server()
    const hops = [urlOf(server, 'list.test', '/2'), urlOf(otherPort), urlOf(store, 'store.test')]
    server.respond = ({ url }, response) =>
      void response.writeHead(302, { location: url === '/2' ? hops[1] : hops[0] }).end()
    otherPort.respond = to(hops[2] ?? '')
    const tokenFile = await rig.write('token', 'secret-token')
    expect(await rig.fetch(server, { tokenFile, redirectHosts: ['store.test'] })).toMatchObject({ result: 'delivered' })
    await rig.clear()
    const tokensOf = ({ requests }: ListServer): unknown[] => requests.map(({ headers }) => headers.authorization)
    expect(tokensOf(server)).toEqual(['Bearer secret-token', 'Bearer secret-token'])
    expect([tokensOf(otherPort), tokensOf(store)]).toEqual([[undefined], [undefined]])
  })

  test('leaves its query out of what is told', async () => {
    const server = await rig.server(to('https://store.test/?signature=secret'))
    expect(JSON.stringify(await rig.fetch(server))).not.toContain('secret')
  })
})

describe('an address', () => {
  // prettier-ignore
  test.each([
    ['a link-local one behind a name', 'metadata.store.test', 'metadata.store.test'],
    ['a link-local one beside a public one', 'half.store.test', 'half.store.test'],
    ['a link-local one', '169.254.169.254', '169.254.169.254'],
    ['a link-local one, written as a number', '2852039166', '169.254.169.254'],
  ])('is not asked after a redirect: %s', async (_, host, named) => {
    const server = await rig.server(to(`https://${host}/latest/`))
    expect(await outcomeOf(server, [named])).toBe('ERR_SANCTIONS_DELIVERY_ADDRESS')
    expect(server.requests).toHaveLength(1)
  })

  test('of this machine is not asked for a name that the redirect chose, but for one that the configuration names', async () => {
    const store = await rig.server()
    const server = await rig.server(to(urlOf(store, 'eu.store.test')))
    expect(await outcomeOf(server, ['*.store.test'])).toBe('ERR_SANCTIONS_DELIVERY_ADDRESS')
    expect(store.requests).toHaveLength(0)
    expect(await outcomeOf(server, ['eu.store.test'])).toBe('delivered')
  })

  test('of this machine, written out, is another host than its name', async () => {
    const store = await rig.server()
    const server = await rig.server(to(urlOf(store, '127.0.0.1')))
    expect(await outcomeOf(server)).toBe('ERR_SANCTIONS_DELIVERY_REDIRECT')
    expect(store.requests).toHaveLength(0)
  })

  test('that is never asked is not asked when it is configured either', async () => {
    const server = await rig.server()
    for (const url of ['https://169.254.169.254/', 'https://[fe80::1]/', 'https://[::ffff:169.254.1.1]/', 'https://0/'])
      expect(await rig.fetch(server, { url })).toMatchObject({ code: 'ERR_SANCTIONS_DELIVERY_ADDRESS' })
  })

  test('that nobody knows is a fault of the way', async () => {
    const server = await rig.server()
    expect(await rig.fetch(server, { url: 'https://nowhere.test/' })).toEqual({
      code: 'ERR_SANCTIONS_DELIVERY_TRANSPORT',
      message: 'nowhere.test could not be reached, or its answer broke off (ENOTFOUND)',
    })
  })
})
