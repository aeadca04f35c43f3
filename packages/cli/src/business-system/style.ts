/** Served as it is: no fonts, no images, nothing from elsewhere. Below 760 pixels every row becomes a card. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: light-dark(#f6f7f9, #14171c); --card: light-dark(#fff, #1c2027); --line: light-dark(#dfe3e8, #2e343d);
  --text: light-dark(#1b2027, #e6e9ee); --dim: light-dark(#5a6472, #9aa4b2); --link: light-dark(#1f5fbf, #7db1ff);
  --good: light-dark(#12693a, #6fd39b); --good-back: light-dark(#def3e6, #15341f);
  --wait: light-dark(#7a4d00, #f0c36a); --wait-back: light-dark(#fdf0d2, #3a2e12);
  --bad: light-dark(#a3202c, #ff9a9f); --bad-back: light-dark(#fbe3e4, #42191d);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 0 1.5rem 3rem; max-width: 84rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
h1 { margin: 1.5rem 0 .25rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 1rem; font-size: 1.15rem; }
header p { margin: 0; max-width: 46rem; color: var(--dim); }
code { font: .875em ui-monospace, monospace; }
.demo { margin: 0 -1.5rem; padding: .5rem 1.5rem; background: var(--wait-back); color: var(--wait); font-size: .875rem; }
.notice { margin: 1.25rem 0 0; padding: .75rem 1rem; border-radius: .5rem; }
.notice.done { background: var(--good-back); color: var(--good); }
.notice.refused { background: var(--bad-back); color: var(--bad); }
section { margin-top: 1.5rem; padding: 1.25rem; border: 1px solid var(--line); border-radius: .75rem; background: var(--card); }
.count, .by, .unit, .hint, .never, .empty { color: var(--dim); font-weight: normal; }
.count { margin-left: .25rem; }
.again { float: right; font-size: .875rem; font-weight: normal; }
.by, .hint, .problem, .over { font-size: .8125rem; }
.problem, .over { color: var(--bad); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
th { padding: 0 .75rem .5rem 0; text-align: left; vertical-align: bottom; font-size: .8125rem; font-weight: 600; color: var(--dim); }
td { padding: .75rem .75rem .75rem 0; border-top: 1px solid var(--line); vertical-align: top; }
td > code, .time { white-space: nowrap; }
.time { font-size: .875rem; }
td:last-child { padding-right: 0; }
th.amount, td.amount { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td .address { display: block; max-width: 11rem; white-space: normal; overflow-wrap: anywhere; }
.by { display: inline-block; }
.state { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .8125rem; font-weight: 600; }
.state.pending { background: var(--wait-back); color: var(--wait); }
.state.approved { background: var(--good-back); color: var(--good); }
.state.cancelled { background: var(--bad-back); color: var(--bad); }
tr:target td { background: var(--back); }
td details { margin-top: .25rem; font-size: .875rem; }
summary { width: fit-content; color: var(--link); cursor: pointer; }
td form { display: grid; gap: .375rem; max-width: 16rem; margin-top: .5rem; }
.add summary h2 { display: inline; }
.add form { margin-top: 1.25rem; }
.add details { font-size: 1rem; }
.buttons { display: flex; gap: .5rem; }
label { font-size: .875rem; font-weight: 600; }
input, select, button { min-height: 2.5rem; padding: .375rem .625rem; border: 1px solid var(--line); border-radius: .375rem;
  background: var(--back); color: inherit; font: inherit; }
input, select { width: 100%; min-width: 0; }
[aria-invalid] { border-color: var(--bad); }
button { padding: .375rem 1rem; font-weight: 600; cursor: pointer; }
.primary { border-color: transparent; background: light-dark(#1f5fbf, #2f6fd0); color: #fff; }
.danger { color: var(--bad); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.fields { display: grid; grid-template-columns: repeat(6, 1fr); gap: 1rem; margin-bottom: 1.25rem; }
.field { display: flex; flex-direction: column; gap: .25rem; grid-column: span 2; }
.field.currency, .field.amount, .field.valid_for { grid-column: span 1; }
.field.address { grid-column: span 3; }
@media (max-width: 1000px) {
  body { padding: 0 1rem 2rem; }
  .demo { margin: 0 -1rem; padding: .5rem 1rem; }
  section { padding: 1rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; }
  tr { padding: .75rem 0; border-top: 1px solid var(--line); }
  tbody tr:first-child { padding-top: 0; border-top: 0; }
  td, td.amount { display: grid; grid-template-columns: 7rem 1fr; gap: .75rem; padding: .2rem 0; border: 0; text-align: left; white-space: normal; }
  td::before { content: attr(data-label); color: var(--dim); font-size: .875rem; }
  td .address { max-width: none; }
  td.amount > span { font-weight: 600; }
  .fields { grid-template-columns: 1fr 1fr; }
  .field, .field.address { grid-column: span 2; }
  .field.currency, .field.amount, .field.valid_for { grid-column: span 1; }
}
`
