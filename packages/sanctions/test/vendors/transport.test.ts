import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { API_KEY, chainalysisAt, createVendorRig, type VendorRig } from './vendor-rig.ts'
import { json, text, type Respond } from './vendor-server.ts'

let rig: VendorRig
beforeEach(async () => {
  rig = await createVendorRig()
})
afterEach(() => rig.close())

const clean = json({ identifications: [] })
const UNAVAILABLE = { outcome: 'unable', code: 'VENDOR_UNAVAILABLE' }
const because = (why: string): object => ({ ...UNAVAILABLE, text: `chainalysis gave no judgement: ${why}` })

/** The first answer and then the second, again and again. */
function first(once: Respond, then: Respond): Respond {
  let isFirst = true
  return (response, received) => {
    if (isFirst) once(response, received)
    else then(response, received)
    isFirst = false
  }
}

describe('an answer', () => {
  test.each([
    [201, 1],
    [204, 1],
    [400, 1],
    [401, 1],
    [403, 1],
    [404, 1],
    [429, 2],
    [500, 2],
    [503, 2],
  ])('of status %i is none, however clean its body; asked %i times', async (status, times) => {
    const server = await rig.serve(json({ identifications: [] }, status))
    expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(because(`answered ${status}`))
    expect(server.received).toHaveLength(times)
  })

  test.each([301, 302, 303, 307, 308])('that redirects with %i is none: nobody else is asked', async (status) => {
    const other = await rig.serve(clean)
    const server = await rig.serve(
      (response) => void response.writeHead(status, { location: `${other.url}/api` }).end(),
    )
    expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(because(`answered ${status}`))
    expect(other.received).toEqual([])
  })

  test.each(['text/html', 'text/plain; application/json', 'application/jsonp', ''])(
    'of type "%s" is none',
    async (type) => {
      const server = await rig.serve(text('{"identifications":[]}', 200, type))
      expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(
        because('answered something else than JSON'),
      )
    },
  )

  test('of a type with parameters or a suffix is read', async () => {
    for (const type of ['application/json; charset=utf-8', 'application/problem+json', 'APPLICATION/JSON']) {
      const server = await rig.serve(text('{"identifications":[]}', 200, type))
      expect((await (await rig.open([chainalysisAt(server)])).judge()).outcome).toBe('approve')
    }
  })

  test('of more than a megabyte is none, and is not read to its end', async () => {
    const server = await rig.serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"identifications":[],"more":"')
      const more = setInterval(() => response.write('x'.repeat(128 * 1024)), 1)
      response.on('close', () => clearInterval(more))
    })
    expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(
      because('answered more than 1048576 bytes'),
    )
  })

  test('that is compressed, though nobody asked for that, is none', async () => {
    const server = await rig.serve(
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
          .end(Buffer.from([0x1f, 0x8b])),
    )
    expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(
      because('the answer is no strict JSON'),
    )
  })
})

describe('a vendor that', () => {
  test('does not answer is given up at its timeout, tries included', async () => {
    const server = await rig.serve(() => undefined)
    const { judge } = await rig.open([chainalysisAt(server, { timeout: '150ms' })])
    expect(await judge()).toMatchObject(because('no answer within 150 ms'))
    expect(server.received).toHaveLength(2)
  })

  test('stops in the middle of its answer is given up at its timeout', async () => {
    const server = await rig.serve((response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"identifications":[]')
    })
    const { judge } = await rig.open([chainalysisAt(server, { timeout: '150ms', retries: 0 })])
    expect(await judge()).toMatchObject(because('no answer within 150 ms'))
  })

  test('is slower than the caller waits is given up half a second before the caller does', async () => {
    const server = await rig.serve(() => undefined)
    const { judge } = await rig.open([chainalysisAt(server, { timeout: '10s' })])
    const signal = AbortSignal.timeout(700)
    expect(await judge(undefined, { leftMs: 700, signal })).toMatchObject(
      because('there was no time left for its answer'),
    )
    expect([server.received.length, signal.aborted]).toEqual([1, false])
  })

  test('is given up when the decision is', async () => {
    const abort = new AbortController()
    const server = await rig.serve(() => abort.abort())
    const { judge } = await rig.open([chainalysisAt(server)])
    expect(await judge(undefined, { signal: abort.signal })).toMatchObject(UNAVAILABLE)
  })

  test('resets the connection is asked once more', async () => {
    const server = await rig.serve(first((response) => void response.socket?.destroy(), clean))
    expect((await (await rig.open([chainalysisAt(server)])).judge()).outcome).toBe('approve')
    expect(server.received).toHaveLength(2)
  })

  test('resets the connection again and again gives no answer', async () => {
    const server = await rig.serve((response) => void response.socket?.destroy())
    expect(await (await rig.open([chainalysisAt(server)])).judge()).toMatchObject(UNAVAILABLE)
    expect(server.received).toHaveLength(2)
  })

  test('cuts its answer short gives no answer', async () => {
    const server = await rig.serve((response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        .write('{"identifications":[]}')
      setImmediate(() => response.socket?.destroy())
    })
    expect(await (await rig.open([chainalysisAt(server, { retries: 0 })])).judge()).toMatchObject(UNAVAILABLE)
  })

  test('is not there gives no answer; its failure and its return are told once each', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { cache: '0s' })])
    server.respond = json({}, 500)
    expect(await judge()).toMatchObject(UNAVAILABLE)
    expect(await judge()).toMatchObject(UNAVAILABLE)
    server.respond = clean
    expect((await judge()).outcome).toBe('approve')
    const lines = rig.logged.map((line) => (JSON.parse(line) as { msg: string }).msg)
    expect(lines).toEqual(['the vendor gives no usable answer', 'the vendor answers again'])
    expect(rig.logged.join('')).not.toContain(API_KEY)
  })
})

describe('over TLS', () => {
  async function tls() {
    const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    const names = ['-subj', '/CN=vendor', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync('openssl', ['req', '-x509', ...options, ...names, '-keyout', 'tls.key', '-out', 'tls.pem'], {
      cwd: rig.directory,
      stdio: 'ignore',
    })
    const [cert, key] = await Promise.all(['tls.pem', 'tls.key'].map((name) => readFile(join(rig.directory, name))))
    if (cert === undefined || key === undefined) throw new Error('no certificate')
    return { cert, key }
  }

  test('a certificate of the configured authority is trusted, and no other one', async () => {
    const server = await rig.serve(clean, await tls())
    const trusting = await rig.open([chainalysisAt(server, { ca: 'tls.pem' })])
    expect((await trusting.judge()).outcome).toBe('approve')
    const doubting = await rig.open([chainalysisAt(server)])
    expect(await doubting.judge()).toMatchObject(UNAVAILABLE)
    expect(server.received).toHaveLength(1)
  })

  test('an authority that is no certificate is refused at start', async () => {
    const server = await rig.serve(clean)
    await expect(rig.open([chainalysisAt(server, { ca: 'api.key' })])).rejects.toThrow(
      'cannot be read as a certificate',
    )
  })
})

describe('a key file', () => {
  test.each([
    ['that is missing', 'missing.key', undefined, 0o600, 'ENOENT'],
    ['that others may read', 'open.key', 'a-key', 0o644, 'open to others'],
    ['that is empty', 'empty.key', '\n', 0o600, 'holds no API key'],
    ['with two lines', 'two.key', 'one\ntwo\n', 0o600, 'holds no API key'],
  ])('%s is refused at start', async (_, name, content, mode, why) => {
    if (content !== undefined) await rig.write(name, content, mode)
    const server = await rig.serve(clean)
    await expect(rig.open([chainalysisAt(server, { api_key_file: name })])).rejects.toThrow(why)
  })

  test('can be exchanged while the service runs; a broken one makes the vendor unavailable', async () => {
    const server = await rig.serve(clean)
    const { judge } = await rig.open([chainalysisAt(server, { cache: '0s' })])
    await rig.write('api.key', 'another-key')
    expect((await judge()).outcome).toBe('approve')
    expect(server.received.map(({ headers }) => headers['x-api-key'])).toEqual(['another-key'])
    await rig.write('api.key', '')
    expect(await judge()).toMatchObject(because('its credentials cannot be read'))
    expect(server.received).toHaveLength(1)
  })
})
