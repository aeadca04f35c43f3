import { html, NOTHING, type Html } from './html.ts'
import { VALID_FOR_MS, type FormField, type FormProblems, type FormText } from './read-withdrawal-form.ts'
import { CURRENCIES } from './withdrawal.ts'

export interface FormState {
  readonly text: FormText
  readonly problems: FormProblems
}

interface TextField {
  readonly name: FormField
  readonly label: string
  readonly hint: string
  readonly attributes?: Html
}

const REFERENCE: TextField = {
  name: 'reference',
  label: 'Reference',
  hint: 'A fresh one; the payment names it.',
  attributes: html`spellcheck="false"`,
}
const CUSTOMER: TextField = { name: 'customer', label: 'Customer', hint: 'Who is paid.' }
const AMOUNT: TextField = {
  name: 'amount',
  label: 'Amount',
  hint: 'With a point: 1250.50',
  attributes: html`inputmode="decimal"`,
}
const ADDRESS: TextField = {
  name: 'address',
  label: 'Destination',
  hint: 'On Ethereum: 0x and 40 hex digits.',
  attributes: html`spellcheck="false" autocapitalize="off"`,
}
const CREATED_BY: TextField = {
  name: 'created_by',
  label: 'Your name',
  hint: 'Another name has to approve it.',
  attributes: html`autocomplete="name"`,
}

/** The form keeps what was typed; a field that was refused says what was expected. */
export function withdrawalForm(state: FormState, token: string): Html {
  return html`<form method="post" action="/withdrawals" novalidate>
    <input type="hidden" name="token" value="${token}" />
    <div class="fields">
      ${textField(REFERENCE, state)} ${textField(CUSTOMER, state)} ${choice('currency', 'Asset', CURRENCIES, state)}
      ${textField(AMOUNT, state)} ${textField(ADDRESS, state)}
      ${choice('valid_for', 'Valid for', Object.keys(VALID_FOR_MS), state)} ${textField(CREATED_BY, state)}
    </div>
    <button class="primary">Add withdrawal</button>
  </form>`
}

const problemText = (problem: string, id: string): Html =>
  html`<span class="problem" id="${id}">expected ${problem}</span>`

function textField({ name, label, hint, attributes = NOTHING }: TextField, { text, problems }: FormState): Html {
  const problem = problems[name]
  const id = `field-${name}`
  return html`<div class="field ${name}">
    <label for="${id}">${label}</label>
    <input
      id="${id}"
      name="${name}"
      value="${text[name]}"
      ${attributes}
      aria-describedby="${id}-hint"
      ${invalid(problem)}
    />
    ${problem === undefined ? html`<span class="hint" id="${id}-hint">${hint}</span>` : problemText(problem, `${id}-hint`)}
  </div>`
}

function choice(name: FormField, label: string, options: readonly string[], { text, problems }: FormState): Html {
  const problem = problems[name]
  const id = `field-${name}`
  const items = options.map(
    (option) => html`<option${option === text[name] ? html` selected` : NOTHING}>${option}</option>`,
  )
  return html`<div class="field ${name}">
    <label for="${id}">${label}</label>
    <select id="${id}" name="${name}" ${invalid(problem)}>
      ${items}
    </select>
    ${problem === undefined ? NOTHING : problemText(problem, `${id}-hint`)}
  </div>`
}

const invalid = (problem: string | undefined): Html => (problem === undefined ? NOTHING : html` aria-invalid="true"`)
