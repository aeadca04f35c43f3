import type Router from '@koa/router'
import type Koa from 'koa'
import bodyParser from 'koa-bodyparser'
import { createFormTokens, type FormTokens } from './form-token.ts'
import { isFromUs } from './own-origin.ts'
import type { RowProblem } from './page-table.ts'
import { renderPage, renderRefusal, type Notice } from './page.ts'
import type { FormState } from './page-form.ts'
import { PERSON_EXPECTED, readPerson } from './person.ts'
import { FORM_FIELDS, readWithdrawalForm, VALID_FOR_DEFAULT, type FormText } from './read-withdrawal-form.ts'
import { isReference, referencesOf } from './reference.ts'
import { STYLE } from './style.ts'
import type { Decided, WithdrawalStore } from './withdrawal-store.ts'
import type { Withdrawal, WithdrawalState } from './withdrawal.ts'

/** Seven short fields. */
const FORM_LIMIT = '16kb'

type Form = Readonly<Record<string, string>>

/** The page for people and its forms. */
export function addPageRoutes(router: Router, store: WithdrawalStore): void {
  const tokens = createFormTokens()
  const show = createShow(store, tokens)
  router.get('/', (ctx) => show(ctx, {}))
  router.get('/style.css', (ctx) => {
    ctx.type = 'css'
    ctx.body = STYLE
  })
  router.post('/withdrawals', async (ctx) => {
    const form = await readForm(ctx, tokens)
    if (form === undefined) return
    const text = Object.fromEntries(FORM_FIELDS.map((name) => [name, form[name] ?? ''])) as FormText
    const read = readWithdrawalForm(text, await store.now())
    if ('problems' in read) {
      const notice = refused('Nothing was added: see the fields marked below.')
      await show(ctx, { status: 422, form: { text, problems: read.problems }, notice })
    } else if (await store.add(read.withdrawal)) goTo(ctx, read.withdrawal.reference)
    else {
      const problems = { reference: 'one that is not in use yet' }
      const notice = refused(`Nothing was added: there is a withdrawal ${text.reference} already.`)
      await show(ctx, { status: 409, form: { text, problems }, notice })
    }
  })
  for (const decision of ['approve', 'cancel'] as const) {
    router.post(`/withdrawals/:reference/${decision}`, async (ctx) => {
      const form = await readForm(ctx, tokens)
      if (form === undefined) return
      const reference = ctx.params['reference'] ?? ''
      const name = form['name'] ?? ''
      const person = readPerson(name)
      if (person === undefined) {
        await show(ctx, rowRefusal(422, reference, name, `expected ${PERSON_EXPECTED}`))
        return
      }
      const decided = isReference(reference) ? await store.decide(reference, decision, person) : 'unknown'
      if (decided === 'done') goTo(ctx, reference)
      else await show(ctx, refusalOf(decided, reference, name))
    })
  }
}

interface Shown {
  readonly status?: number
  readonly form?: FormState
  /** Absent: what came of the change that the address names. */
  readonly notice?: Notice
  readonly rowProblem?: RowProblem
}

type Show = (ctx: Koa.Context, shown: Shown) => Promise<void>

function createShow(store: WithdrawalStore, tokens: FormTokens): Show {
  return async (ctx, { status = 200, form, rowProblem, ...shown }) => {
    const now = await store.now()
    const books = await store.newest()
    const notice = shown.notice ?? noticeOf(ctx.query['changed'], books.withdrawals)
    const visitor = visitorOf(ctx, tokens)
    ctx.status = status
    ctx.type = 'html'
    ctx.body = renderPage({
      ...books,
      now,
      token: tokens.tokenOf(visitor),
      form: form ?? emptyForm(now),
      ...(notice === undefined ? {} : { notice }),
      ...(rowProblem === undefined ? {} : { rowProblem }),
    })
  }
}

function emptyForm(now: Date): FormState {
  const text = Object.fromEntries(FORM_FIELDS.map((name) => [name, ''])) as FormText
  return { text: { ...text, reference: referencesOf(now.getTime())(0), valid_for: VALID_FOR_DEFAULT }, problems: {} }
}

/** Cookies know no ports: another demonstration on this machine has its own name. */
const cookieOf = (ctx: Koa.Context): string => `payouts_${String(ctx.req.socket.localPort)}`

function visitorOf(ctx: Koa.Context, tokens: FormTokens): string {
  const known = ctx.cookies.get(cookieOf(ctx))
  if (tokens.isVisitor(known)) return known
  const visitor = tokens.createVisitor()
  ctx.cookies.set(cookieOf(ctx), visitor, { httpOnly: true, sameSite: 'strict', overwrite: true })
  return visitor
}

const parseForm = bodyParser({ enableTypes: ['form'], formLimit: FORM_LIMIT })

/** The form of a page of ours; otherwise it has answered already, and nothing may happen. */
async function readForm(ctx: Koa.Context, tokens: FormTokens): Promise<Form | undefined> {
  if (!isFromUs(ctx)) {
    refuseForm(ctx, 403, 'This form was not sent by a page of this system.')
    return undefined
  }
  try {
    await parseForm(ctx, () => Promise.resolve())
  } catch {
    refuseForm(ctx, 400, `Expected a form of at most ${FORM_LIMIT}.`)
    return undefined
  }
  const body: unknown = ctx.request.body
  const entries = typeof body === 'object' && body !== null ? Object.entries(body) : []
  const form = Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  if (tokens.matches(ctx.cookies.get(cookieOf(ctx)), form['token'] ?? '')) return form
  refuseForm(ctx, 403, 'This form is too old, or cookies are off. Load the page again and repeat it.')
  return undefined
}

function refuseForm(ctx: Koa.Context, status: number, text: string): void {
  ctx.status = status
  ctx.type = 'html'
  ctx.body = renderRefusal('Refused', text)
}

/** After a form comes a GET, so that reloading the page repeats nothing. */
function goTo(ctx: Koa.Context, reference: string): void {
  ctx.status = 303
  ctx.set('Location', `/?changed=${reference}#${reference}`)
}

const NEXT: Readonly<Record<WithdrawalState, string>> = {
  pending: 'is ordered. Somebody else has to approve it.',
  approved: 'is approved: a payment exactly like it has the word of the business system.',
  cancelled: 'is cancelled: no payment of this reference will be approved.',
}

/** By what is in the books now: whoever makes somebody follow a link cannot make this page say what is not so. */
function noticeOf(changed: Koa.Context['query'][string], withdrawals: readonly Withdrawal[]): Notice | undefined {
  const withdrawal = withdrawals.find(({ reference }) => reference === changed)
  return withdrawal && { kind: 'done', text: `${withdrawal.reference} ${NEXT[withdrawal.state]}` }
}

function rowRefusal(status: number, reference: string, name: string, text: string): Shown {
  return { status, notice: refused(`Nothing was changed: ${text}.`), rowProblem: { reference, name, text } }
}

const refused = (text: string): Notice => ({ kind: 'refused', text })

function refusalOf(decided: Exclude<Decided, 'done'>, reference: string, name: string): Shown {
  switch (decided) {
    case 'unknown':
      return { status: 404, notice: refused('There is no withdrawal of this reference.') }
    case 'not pending':
      return { status: 409, notice: refused(`${reference} was decided meanwhile: nothing was changed.`) }
    case 'cancelled before':
      return { status: 409, notice: refused(`${reference} is cancelled already.`) }
    case 'same person':
      return rowRefusal(
        409,
        reference,
        name,
        'whoever ordered it cannot approve it; expected the name of somebody else',
      )
    default:
      throw new TypeError(`unknown outcome ${String(decided satisfies never)}`)
  }
}
