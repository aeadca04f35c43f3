/** Markup that is safe to send; made by `html` alone. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type HtmlValue = Html | string | readonly (Html | string)[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/** Every text that is put in is escaped, for content and for quoted attributes alike; only other markup is not. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  const parts = strings.map((literal, index) => {
    const value = values[index]
    return `${literal}${value === undefined ? '' : render(value)}`
  })
  return new Html(parts.join(''))
}

function render(value: HtmlValue): string {
  if (value instanceof Html) return value.text
  return typeof value === 'string' ? escape(value) : value.map(render).join('')
}

export const NOTHING = html``
