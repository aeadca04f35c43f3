import { html, NOTHING, type Html } from './html.ts'
import type { Withdrawal } from './withdrawal.ts'

/** Why the last press of a button in this row changed nothing. */
export interface RowProblem {
  readonly reference: string
  readonly name: string
  readonly text: string
}

interface TableContent {
  readonly withdrawals: readonly Withdrawal[]
  readonly now: Date
  readonly token: string
  readonly rowProblem?: RowProblem
}

/** Each cell names its column: on a narrow screen the rows become cards. */
export function withdrawalTable(content: TableContent): Html {
  return html`<table>
    <thead>
      <tr>
        <th>Reference</th>
        <th>Customer</th>
        <th class="amount">Amount</th>
        <th>Destination</th>
        <th>State</th>
        <th>Valid until</th>
        <th>Asked by business-lookup</th>
      </tr>
    </thead>
    <tbody>
      ${content.withdrawals.map((withdrawal) => row(withdrawal, content))}
    </tbody>
  </table>`
}

function row(withdrawal: Withdrawal, content: TableContent): Html {
  const { reference, customer, amount, currency, address, state, validUntil } = withdrawal
  const isOver = validUntil.getTime() <= content.now.getTime()
  return html`<tr id="${reference}">
    <td data-label="Reference"><code>${reference}</code></td>
    <td data-label="Customer">${customer}</td>
    <td data-label="Amount" class="amount">
      <span>${amount} <span class="unit">${currency}</span></span>
    </td>
    <td data-label="Destination"><code class="address" title="${address}">${address}</code></td>
    <td data-label="State">
      <div>
        <span class="state ${state}">${state}</span>
        <span class="by">${whoDidIt(withdrawal)}</span
        >${state === 'cancelled' ? NOTHING : decideForm(withdrawal, content)}
      </div>
    </td>
    <td data-label="Valid until">
      <span>${timeText(validUntil)}${isOver ? html` <span class="over">expired</span>` : NOTHING}</span>
    </td>
    <td data-label="Asked">${askedText(withdrawal)}</td>
  </tr>`
}

function decideForm({ reference, state }: Withdrawal, { token, rowProblem }: TableContent): Html {
  const problem = rowProblem?.reference === reference ? rowProblem : undefined
  const id = `name-${reference}`
  const isPending = state === 'pending'
  return html`<details${problem === undefined ? NOTHING : html` open`}>
    <summary>${isPending ? 'Approve or cancel' : 'Cancel'}</summary>
    <form method="post" action="/withdrawals/${reference}/${isPending ? 'approve' : 'cancel'}">
      <input type="hidden" name="token" value="${token}">
      <label for="${id}">Your name</label>
      <input id="${id}" name="name" value="${problem?.name ?? ''}" autocomplete="name"${problem === undefined ? NOTHING : html` aria-invalid="true" aria-describedby="${id}-problem"`}>
      ${problem === undefined ? NOTHING : html`<span class="problem" id="${id}-problem">${problem.text}</span>`}
      <div class="buttons">
        ${isPending ? html`<button class="primary">Approve</button>` : NOTHING}
        <button class="danger" formaction="/withdrawals/${reference}/cancel">Cancel it</button>
      </div>
    </form>
  </details>`
}

function whoDidIt({ state, createdBy, approvedBy, cancelledBy }: Withdrawal): string {
  switch (state) {
    case 'pending':
      return `ordered by ${createdBy}`
    case 'approved':
      return `ordered by ${createdBy}, approved by ${approvedBy ?? 'nobody'}`
    case 'cancelled':
      return `by ${cancelledBy ?? 'nobody'}`
    default:
      throw new TypeError(`unknown state ${String(state satisfies never)}`)
  }
}

function askedText({ askedAt, askedCount }: Withdrawal): Html {
  if (askedAt === null) return html`<span class="never">not yet</span>`
  return html`<span
    >${timeText(askedAt)}${askedCount > 1n ? html` <span class="by">${String(askedCount)} times</span>` : NOTHING}</span
  >`
}

/** UTC, so that it reads like the logs. */
const timeText = (time: Date): Html => {
  const iso = time.toISOString()
  return html`<span class="time"><time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')}</time> UTC</span>`
}
