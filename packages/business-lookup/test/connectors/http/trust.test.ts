import { copyFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { json, RECORD } from './business-server.ts'
import { pinOf } from './certificates.ts'
import { createHttpRig, UNAVAILABLE, type HttpRig } from './http-rig.ts'

let rig: HttpRig
beforeAll(async () => {
  rig = await createHttpRig()
})
afterEach(() => rig.clear())
afterAll(() => rig.close())

const ONCE = { retries: 0 }
const CLIENT = { client_cert: 'client.pem', client_key: 'client.key' }

test('a certificate of another authority is refused before anything is said', async () => {
  const server = await rig.serve(json(RECORD), rig.stranger)
  const { ask, errors } = await rig.open(server, ONCE)
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect([server.received, await errors('transport')]).toEqual([[], 1])
})

test('without an authority of its own the public ones are asked, which do not know this one', async () => {
  const server = await rig.serve()
  const { ask } = await rig.open(server, { ...ONCE, ca: undefined })
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect(server.received).toEqual([])
})

test('a word in the environment makes no certificate trusted', async () => {
  const server = await rig.serve(json(RECORD), rig.stranger)
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    const { ask } = await rig.open(server, ONCE)
    expect(await ask()).toMatchObject(UNAVAILABLE)
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  }
  expect(server.received).toEqual([])
})

test('a proxy of the environment is not used', async () => {
  const [server, proxy] = [await rig.serve(), await rig.serve()]
  for (const name of ['HTTPS_PROXY', 'https_proxy']) process.env[name] = `https://127.0.0.1:${proxy.port}`
  try {
    const { ask } = await rig.open(server)
    expect(await ask()).toMatchObject({ found: 'one' })
  } finally {
    for (const name of ['HTTPS_PROXY', 'https_proxy']) Reflect.deleteProperty(process.env, name)
  }
  expect(proxy.connections).toBe(0)
})

test('a certificate of another name is refused', async () => {
  const server = await rig.serve()
  rig.names.set('other.test', ['127.0.0.1'])
  const { ask } = await rig.open(server, { ...ONCE, url: `https://other.test:${server.port}/{reference}` })
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect(server.received).toEqual([])
})

test('TLS 1.1 is not spoken', async () => {
  const server = await rig.serve(json(RECORD), {
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL:@SECLEVEL=0',
  })
  const { ask } = await rig.open(server, ONCE)
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect(server.received).toEqual([])
})

test('the pinned key is asked, another one refused, on every connection anew', async () => {
  const server = await rig.serve((response) => void response.writeHead(404, { connection: 'close' }).end())
  const right = await rig.open(server, { ...ONCE, pin_sha256: pinOf(rig.server) })
  for (let asked = 0; asked < 3; asked += 1) expect(await right.ask()).toEqual({ found: 'none' })
  expect(server.connections).toBe(3)
  const wrong = await rig.open(server, { ...ONCE, pin_sha256: pinOf(rig.stranger) })
  for (let asked = 0; asked < 3; asked += 1) expect(await wrong.ask()).toMatchObject(UNAVAILABLE)
  expect(server.received).toHaveLength(3)
  expect(rig.logged.join('')).toContain('PIN_MISMATCH')
})

test('a server that demands a client certificate gets it, and without one says no', async () => {
  const server = await rig.serve(json(RECORD), { ca: rig.server.cert, requestCert: true, rejectUnauthorized: true })
  const { ask } = await rig.open(server, { ...ONCE, ...CLIENT })
  expect(await ask()).toMatchObject({ found: 'one' })
  const nameless = await rig.open(server, ONCE)
  expect(await nameless.ask()).toMatchObject(UNAVAILABLE)
  expect(server.received).toHaveLength(1)
})

test('certificates can be exchanged under a running connector; broken ones keep it from asking and show', async () => {
  const server = await rig.serve(json(RECORD), { ca: rig.server.cert, requestCert: true, rejectUnauthorized: true })
  const files = { client_cert: 'own.pem', client_key: 'own.key' }
  const put = async (name: string): Promise<void> => {
    const [cert, key] = await Promise.all(
      ['pem', 'key'].map((end) => readFile(join(rig.directory, `${name}.${end}`), 'utf8')),
    )
    await rig.write('own.pem', cert ?? '')
    await rig.write('own.key', key ?? '')
  }
  await put('stranger')
  const { ask, connector, errors } = await rig.open(server, { ...ONCE, ...files })
  expect(await ask()).toMatchObject(UNAVAILABLE)
  await put('client')
  expect(await ask()).toMatchObject({ found: 'one' })
  await copyFile(join(rig.directory, 'stranger.key'), join(rig.directory, 'own.key'))
  expect(await ask()).toMatchObject(UNAVAILABLE)
  expect(await connector.problems()).toEqual([expect.stringContaining('own.pem: cannot be used for TLS')])
  expect([server.received.length, await errors('auth')]).toEqual([1, 1])
  await put('client')
  expect([await ask(), await connector.problems()]).toMatchObject([{ found: 'one' }, []])
})

test('what cannot be used is refused at the start, all of it at once', async () => {
  const server = await rig.serve()
  await rig.write('open.key', await readFile(join(rig.directory, 'client.key'), 'utf8'), 0o644)
  await expect(rig.open(server, { ...CLIENT, client_key: 'open.key' })).rejects.toThrow('open.key: is open to others')
  await expect(rig.open(server, { ca: 'client.key' })).rejects.toThrow('client.key: cannot be read as a certificate')
  await expect(rig.open(server, { ca: 'missing.pem' })).rejects.toThrow('missing.pem: cannot be read as a certificate')
  await rig.write('bearer', 'two words')
  const auth = { kind: 'bearer', token_file: 'bearer' }
  await expect(rig.open(server, { ca: 'missing.pem', auth })).rejects.toMatchObject({
    problems: [expect.stringContaining('missing.pem'), expect.stringContaining('holds no bearer token')],
  })
  await rm(join(rig.directory, 'bearer'))
  expect(server.connections).toBe(0)
})
