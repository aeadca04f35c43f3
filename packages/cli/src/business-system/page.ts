import { html, NOTHING, type Html } from './html.ts'
import { withdrawalForm, type FormState } from './page-form.ts'
import { withdrawalTable, type RowProblem } from './page-table.ts'
import type { Withdrawal } from './withdrawal.ts'

/** Said above everything: what was done, or why it was not. */
export interface Notice {
  readonly kind: 'done' | 'refused'
  readonly text: string
}

export interface PageContent {
  readonly withdrawals: readonly Withdrawal[]
  readonly count: bigint
  readonly now: Date
  readonly token: string
  readonly form: FormState
  readonly notice?: Notice
  readonly rowProblem?: RowProblem
}

/** The one page, whole without scripts. */
export function renderPage(content: PageContent): string {
  const { notice, withdrawals, count, form } = content
  return shell(
    html` <p class="demo">
        <strong>Demonstration.</strong> Only this machine can open this page, names are taken on trust, and no money
        moves.
      </p>
      <header>
        <h1>Payouts</h1>
        <p>
          This plays your payout system: people order withdrawals here, and somebody else approves each one. Before a
          key share signs, business-lookup asks here whether the payment in front of it was ordered exactly like this.
        </p>
      </header>
      ${notice === undefined ? NOTHING : noticeBox(notice)}
      <main>
        <section class="add">
          <details${Object.keys(form.problems).length === 0 ? NOTHING : html` open`}>
            <summary><h2>Add a withdrawal</h2></summary>
            ${withdrawalForm(form, content.token)}
          </details>
        </section>
        <section aria-labelledby="list">
          <h2 id="list">
            Withdrawals <span class="count">${String(count)}</span> <a class="again" href="/">Refresh</a>
          </h2>
          ${withdrawals.length === 0 ? html`<p class="empty">None yet. Add the first one above.</p>` : withdrawalTable(content)}
          ${count > BigInt(withdrawals.length) ? html`<p class="empty">The newest ${String(withdrawals.length)} are shown.</p>` : NOTHING}
        </section>
      </main>`,
  )
}

/** What is said when there is no page to show it on. */
export const renderRefusal = (title: string, text: string): string =>
  shell(
    html`<header>
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">Back to the withdrawals</a></p>
    </header>`,
  )

const noticeBox = ({ kind, text }: Notice): Html =>
  html`<p class="notice ${kind}" role="${kind === 'done' ? 'status' : 'alert'}">${text}</p>`

function shell(body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Payouts (demonstration)</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        ${body}
      </body>
    </html> `.text
}
