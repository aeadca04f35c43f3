import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { FORM, IMPORTED, openBusinessSystemRig } from './business-system-rig.ts'

const { reference } = IMPORTED

describe('what business-lookup asks', () => {
  test('is answered with the withdrawal as it was ordered', async () => {
    const rig = await openBusinessSystemRig()
    await rig.import([IMPORTED])
    const { status, text, headers } = await rig.lookUp(reference)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(JSON.parse(text)).toEqual({
      reference,
      state: 'approved',
      currency: 'ETH',
      amount: '0.75',
      address: IMPORTED.address,
      valid_until: '2026-01-03T00:00:00.000Z',
      customer: IMPORTED.customer,
    })
  })

  test('is noted and shown on the page', async () => {
    const rig = await openBusinessSystemRig()
    await rig.import([IMPORTED])
    expect((await rig.get('/')).text).toContain('not yet')
    await rig.advance(5_000)
    await rig.lookUp(reference)
    expect((await rig.get('/')).text).toContain('2026-01-01 00:00:05')
    await rig.advance(60_000)
    await rig.lookUp(reference)
    expect((await rig.get('/')).text).toMatch(/2026-01-01 00:01:05<\/time>.*2 times/s)
  })

  test('shows what people did on the page', async () => {
    const rig = await openBusinessSystemRig()
    const state = async (): Promise<unknown> =>
      (JSON.parse((await rig.lookUp(FORM.reference)).text) as { state?: unknown }).state
    await rig.submit('/withdrawals', FORM)
    expect(await state()).toBe('pending')
    await rig.submit(`/withdrawals/${FORM.reference}/approve`, { name: 'Ben' })
    expect(await state()).toBe('approved')
    await rig.submit(`/withdrawals/${FORM.reference}/cancel`, { name: 'Ben' })
    expect(await state()).toBe('cancelled')
  })

  test('is not found when nobody ordered it', async () => {
    const rig = await openBusinessSystemRig()
    await rig.import([IMPORTED])
    for (const what of ['WD-20260101-0a1b2c-77', 'nonsense', '%00', "WD-1'%20OR%201=1"])
      expect({ what, ...(await rig.lookUp(what)) }).toMatchObject({
        what,
        status: 404,
        text: '{"error":"there is no withdrawal of this reference"}',
      })
  })

  test('is not answered without its own token', async () => {
    const rig = await openBusinessSystemRig()
    await rig.import([IMPORTED])
    for (const token of ['', 'wrong', 'import-token', 'look-up-token x']) {
      const { status, text, headers } = await rig.lookUp(reference, token)
      expect({ token, status }).toEqual({ token, status: 401 })
      expect(headers.get('www-authenticate')).toBe('Bearer')
      expect(text).not.toContain(IMPORTED.customer)
    }
    expect((await rig.get(`/v1/withdrawals/${reference}`)).status).toBe(401)
    expect(await rig.database.query({ text: 'select from withdrawal where asked_at is not null' })).toEqual([])
  })
})

describe('an import', () => {
  test('is taken as a whole', async () => {
    const rig = await openBusinessSystemRig()
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      ...IMPORTED,
      reference: `WD-20260101-0a1b2c-${String(index + 100)}`,
    }))
    expect(await rig.import(many)).toMatchObject({ status: 201, text: '{"added":1000}' })
    expect((await rig.get('/')).text).toContain('The newest 100 are shown.')
  })

  test('with a reference that is taken is refused as a whole', async () => {
    const rig = await openBusinessSystemRig()
    await rig.import([IMPORTED])
    expect((await rig.import([{ ...IMPORTED, reference: FORM.reference }, IMPORTED])).status).toBe(409)
    expect((await rig.lookUp(FORM.reference)).status).toBe(404)
  })

  test('that is not as agreed is refused', async () => {
    const rig = await openBusinessSystemRig()
    const wrong: readonly (readonly [what: string, body: unknown])[] = [
      ['no list', {}],
      ['a member too many', [{ ...IMPORTED, note: 'x' }]],
      ['an unknown currency', [{ ...IMPORTED, currency: 'DOGE' }]],
      ['an amount as a number', [{ ...IMPORTED, amount: 0.75 }]],
      ['too many decimals', [{ ...IMPORTED, currency: 'USDT', amount: '0.0000001' }]],
      ['no address', [{ ...IMPORTED, address: 'somewhere' }]],
      ['an unknown state', [{ ...IMPORTED, state: 'ready' }]],
      ['a time without a zone', [{ ...IMPORTED, valid_until: '2026-01-03T00:00:00' }]],
      ['too many', Array.from({ length: 1_001 }, () => IMPORTED)],
    ]
    for (const [what, body] of wrong) expect({ what, ...(await rig.import(body)) }).toMatchObject({ what, status: 400 })
    expect(await rig.database.query({ text: 'select from withdrawal' })).toEqual([])
  })

  test('by whoever may only ask is refused', async () => {
    const rig = await openBusinessSystemRig()
    expect((await rig.import([IMPORTED], 'look-up-token')).status).toBe(401)
  })
})

describe('the listener', () => {
  test('answers to the names of this machine alone, so that no site can point its own name here', async () => {
    const rig = await openBusinessSystemRig()
    const { port } = new URL(rig.url)
    const statusFor = (host: string): Promise<number | undefined> =>
      new Promise((resolve, fail) => {
        request({ host: '127.0.0.1', port, path: '/', headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode)
        })
          .on('error', fail)
          .end()
      })
    expect(await statusFor(`127.0.0.1:${port}`)).toBe(200)
    expect(await statusFor(`localhost:${port}`)).toBe(200)
    for (const host of ['rebound.example', `rebound.example:${port}`, '127.0.0.1', `127.0.0.1:${port}.example`])
      expect(await statusFor(host)).toBe(421)
  })

  test('says which process it is, and whether its database answers', async () => {
    const rig = await openBusinessSystemRig()
    const ready = await rig.get('/readyz')
    expect(ready.status).toBe(200)
    expect(ready.headers.get('x-process-id')).toBe(String(process.pid))
    await rig.database.close()
    expect((await rig.get('/readyz')).status).toBe(503)
  })

  test('keeps to itself what went wrong inside', async () => {
    const rig = await openBusinessSystemRig()
    await rig.database.query({ text: 'drop table withdrawal' })
    const { status, text } = await rig.get('/')
    expect({ status, text }).toEqual({
      status: 500,
      text: 'it failed; the log of the business system says why\n',
    })
  })
})
