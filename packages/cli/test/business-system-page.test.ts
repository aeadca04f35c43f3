import { describe, expect, test } from 'vitest'
import { FORM, openBusinessSystemRig, type Sent } from './business-system-rig.ts'

const APPROVE = `/withdrawals/${FORM.reference}/approve`
const CANCEL = `/withdrawals/${FORM.reference}/cancel`
const stateOf = (text: string): string | undefined => /class="state (\w+)"/.exec(text)?.[1]

describe('the page', () => {
  test('shows a withdrawal that was ordered, and takes the visitor back to it', async () => {
    const rig = await openBusinessSystemRig()
    expect((await rig.get('/')).text).toContain('None yet.')
    const added = await rig.submit('/withdrawals', FORM)
    expect(added.status).toBe(303)
    expect(added.headers.get('location')).toBe(`/?changed=${FORM.reference}#${FORM.reference}`)
    const { status, text } = await rig.get(`/?changed=${FORM.reference}`)
    expect(status).toBe(200)
    expect(text).toContain(`${FORM.reference} is ordered. Somebody else has to approve it.`)
    for (const shown of [
      FORM.customer,
      '1250.5 <span class="unit">USDT',
      FORM.address,
      '2026-01-01 01:00:00',
      'not yet',
    ])
      expect(text).toContain(shown)
    expect(stateOf(text)).toBe('pending')
  })

  test('says that it is a demonstration, runs nothing and loads nothing from elsewhere', async () => {
    const rig = await openBusinessSystemRig()
    const { text, headers } = await rig.get('/')
    expect(text).toContain('<strong>Demonstration.</strong>')
    expect(text).not.toMatch(/<script|https?:\/\/| on\w+=/)
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'/,
    )
    expect(headers.get('set-cookie')).toMatch(/; samesite=strict; httponly$/i)
    expect((await rig.get('/style.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
  })

  test('escapes whatever people typed', async () => {
    const rig = await openBusinessSystemRig()
    const customer = `<script>alert('1')</script> & "Co"`
    await rig.submit('/withdrawals', { ...FORM, customer })
    const page = await rig.get('/')
    expect(page.text).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;Co&quot;')
    expect(page.text).not.toContain('<script')
    const refused = await rig.submit('/withdrawals', { ...FORM, customer, created_by: '"><script>' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('value="&quot;&gt;&lt;script&gt;"')
    expect(refused.text).not.toContain('<script')
    const name = await rig.submit(APPROVE, { name: '<script>' })
    expect(name.text).toContain('value="&lt;script&gt;"')
    expect(name.text).not.toContain('<script')
  })

  test('says nothing about a change that did not happen, whatever the address claims', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    expect((await rig.get('/?changed=WD-20260101-0a1b2c-99')).text).not.toContain('class="notice')
    expect((await rig.get(`/?changed=${FORM.reference}&approved=yes`)).text).not.toContain('is approved')
  })

  test('marks what has expired', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', { ...FORM, valid_for: '1 minute' })
    await rig.advance(59_999)
    expect((await rig.get('/')).text).not.toContain('expired')
    await rig.advance(1)
    expect((await rig.get('/')).text).toContain('expired')
  })
})

// prettier-ignore
const WRONG: readonly (readonly [field: keyof typeof FORM, typed: string, expected: string])[] = [
  ['reference', 'WD-1', 'expected WD-, the day, six hex digits and a number, such as WD-20261121-0a1b2c-01'],
  ['customer', ' ', 'expected a name in one line, at most 80 characters'],
  ['customer', 'x'.repeat(81), 'expected a name in one line, at most 80 characters'],
  ['customer', 'two\nlines', 'expected a name in one line, at most 80 characters'],
  ['currency', 'DOGE', 'expected ETH or USDT'],
  ['amount', '0', 'expected a number above 0 with a point and at most 6 decimals, such as 1250.50'],
  ['amount', '12,50', 'expected a number above 0'],
  ['amount', '1e3', 'expected a number above 0'],
  ['amount', '-1', 'expected a number above 0'],
  ['amount', '1.0000001', 'at most 6 decimals'],
  ['amount', '9'.repeat(21), 'expected a number above 0'],
  ['address', FORM.address.slice(0, -1), 'expected 0x and 40 hex digits'],
  ['address', FORM.address.replace('8B45b', '8b45b'), 'capital letters must fit the checksum (EIP-55)'],
  ['valid_for', 'for ever', 'expected one of 1 minute, 1 hour, 2 days, 7 days'],
  ['created_by', '', 'expected a name of letters, at most 60 characters'],
  ['created_by', 'x'.repeat(61), 'expected a name of letters, at most 60 characters'],
]

describe('a form that is wrong', () => {
  test('in one field keeps what was typed and says what was expected there', async () => {
    const rig = await openBusinessSystemRig()
    for (const [field, typed, expected] of WRONG) {
      const { status, text } = await rig.submit('/withdrawals', { ...FORM, [field]: typed })
      expect({ field, typed, status }).toEqual({ field, typed, status: 422 })
      expect(text).toContain('Nothing was added: see the fields marked below.')
      expect(text.match(/aria-invalid/g)).toHaveLength(1)
      expect(text).toContain(`<span class="problem" id="field-${field}-hint">expected`)
      expect(text).toContain(expected)
      expect(text).toContain(`value="${field === 'customer' ? FORM.created_by : FORM.customer}"`)
      if (field === 'amount') expect(text).toContain(`value="${typed}"`)
      expect(text).toContain('<details open')
    }
    expect(await rig.database.query({ text: 'select from withdrawal' })).toEqual([])
  })

  test('in everything is told everything at once', async () => {
    const rig = await openBusinessSystemRig()
    const { status, text } = await rig.submit('/withdrawals', {})
    expect(status).toBe(422)
    expect(text.match(/class="problem"/g)).toHaveLength(7)
  })

  test('because its reference is taken adds nothing', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    const { status, text } = await rig.submit('/withdrawals', { ...FORM, amount: '99999' })
    expect(status).toBe(409)
    expect(text).toContain(`there is a withdrawal ${FORM.reference} already`)
    expect(await rig.database.query({ text: 'select trim_scale(amount)::text as amount from withdrawal' })).toEqual([
      { amount: '1250.5' },
    ])
  })

  test('because it is huge is not read', async () => {
    const rig = await openBusinessSystemRig()
    expect((await rig.submit('/withdrawals', { ...FORM, customer: 'x'.repeat(20_000) })).status).toBe(400)
  })
})

describe('four eyes', () => {
  test('somebody else approves', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    expect((await rig.submit(APPROVE, { name: 'Ben Bitdiddle' })).status).toBe(303)
    const { text } = await rig.get('/')
    expect(stateOf(text)).toBe('approved')
    expect(text).toContain('ordered by Ada Lovelace, approved by Ben Bitdiddle')
  })

  test('whoever ordered it cannot approve it, however the name is written', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    for (const name of ['Ada Lovelace', '  ADA   lovelace ', 'Ａda Lovelace']) {
      const { status, text } = await rig.submit(APPROVE, { name })
      expect({ name, status }).toEqual({ name, status: 409 })
      expect(text).toContain('whoever ordered it cannot approve it')
      expect(stateOf(text)).toBe('pending')
    }
  })

  test('nobody approves without a name', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    const { status, text } = await rig.submit(APPROVE, { name: '' })
    expect(status).toBe(422)
    expect(stateOf(text)).toBe('pending')
  })

  test('hold in the database too', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    const approve = (by: string | null): Promise<object[]> =>
      rig.database.query({ text: `update withdrawal set state = 'approved', approved_by = $1`, values: [by] })
    await expect(approve('ADA LOVELACE')).rejects.toMatchObject({ constraint: 'approved_by_another' })
    await expect(approve(null)).rejects.toMatchObject({ constraint: 'approved_has_approver' })
  })

  test('stop a payment with two: whoever ordered it may cancel it, approved or not, and then it stays so', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    await rig.submit(APPROVE, { name: 'Ben Bitdiddle' })
    expect((await rig.submit(CANCEL, { name: 'Ada Lovelace' })).status).toBe(303)
    for (const path of [APPROVE, CANCEL]) {
      const { status, text } = await rig.submit(path, { name: 'Cleo' })
      expect(status).toBe(409)
      expect(stateOf(text)).toBe('cancelled')
    }
  })

  test('of two who press at once, one changes it', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    const answers = await Promise.all(['Ben', 'Cleo', 'Dora'].map((name) => rig.submit(APPROVE, { name })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 409, 409])
  })

  test('see nothing where there is nothing', async () => {
    const rig = await openBusinessSystemRig()
    for (const reference of ['WD-20260101-0a1b2c-77', 'nonsense', '%00'])
      expect((await rig.submit(`/withdrawals/${reference}/approve`, { name: 'Ben' })).status).toBe(404)
  })
})

describe('a form that no page of ours sent is refused', () => {
  const FORGED: readonly (readonly [string, Partial<Sent>])[] = [
    ['from another site', { origin: 'https://evil.example' }],
    ['from another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['from a page without an origin', { origin: 'null' }],
    ['from a program that names no origin', { origin: undefined }],
    ['without a token', { token: undefined }],
    ['with an invented token', { token: 'A'.repeat(43) }],
    ['without the cookie', { cookie: undefined }],
  ]
  test('by another site, without our token or without our cookie', async () => {
    const rig = await openBusinessSystemRig()
    await rig.submit('/withdrawals', FORM)
    const forms = [
      ['/withdrawals', { ...FORM, reference: 'WD-20260101-0a1b2c-09' }],
      [APPROVE, { name: 'Ben' }],
      [CANCEL, { name: 'Ben' }],
    ] as const
    for (const [how, changed] of FORGED) {
      for (const [path, fields] of forms) {
        const { status, text } = await rig.submit(path, fields, changed)
        expect({ how, path, status }).toEqual({ how, path, status: 403 })
        expect(text).toContain('<h1>Refused</h1>')
      }
    }
    expect(await rig.database.query({ text: 'select state from withdrawal' })).toEqual([{ state: 'pending' }])
  })

  test('with the token of another visitor', async () => {
    const rig = await openBusinessSystemRig()
    const other = await rig.get('/')
    const token = /name="token" value="([^"]+)"/.exec(other.text)?.[1]
    expect((await rig.submit('/withdrawals', FORM, { token })).status).toBe(403)
  })
})
