// The document of a page: the built one, with what only the server knows written into its head.
//
// Everything that comes from people is escaped here, for text and for attributes alike. The built document
// has one place for it, `<!-- head -->`, and one title.

/** What a page is about, for whoever sees only its link. */
export type Preview = {
  readonly title: string
  readonly description: string
  /** `profile` or `article`, as the Open Graph protocol has it. */
  readonly kind: 'website' | 'profile' | 'article'
}

export type DocumentParts = {
  readonly preview: Preview
  /** Whose session the cookie is; undefined for a stranger. */
  readonly viewerId: number | undefined
  readonly theme: string
  /** The absolute address of the page; '' where it cannot be told. */
  readonly address: string
}

const headPlace = '<!-- head -->'
const titlePlace = '<title>Rookery</title>'
const themePlace = 'data-theme="system"'

/** What stands for a page that nothing special is known of. */
export const plainPreview: Preview = {
  title: 'Rookery',
  description: 'A colony of short messages: what people say is with you the moment they say it.',
  kind: 'website',
}

export function fillDocument(document: string, parts: DocumentParts): string {
  const { preview, viewerId, theme, address } = parts
  const title = escapeHtml(preview.title)
  const description = escapeHtml(preview.description)
  const head = [
    `<meta name="description" content="${description}" />`,
    `<meta property="og:site_name" content="Rookery" />`,
    `<meta property="og:type" content="${preview.kind}" />`,
    `<meta property="og:title" content="${title}" />`,
    `<meta property="og:description" content="${description}" />`,
    ...(address === '' ? [] : [`<meta property="og:url" content="${escapeHtml(address)}" />`]),
    ...(viewerId === undefined ? [] : [`<meta name="rookery-viewer" content="${viewerId}" />`]),
  ]
  // By functions: what people write may hold `$&`, which a replacement text would take for its own.
  return document
    .replace(titlePlace, () => `<title>${title}</title>`)
    .replace(headPlace, () => head.join('\n    '))
    .replace(themePlace, () => `data-theme="${themeOf(theme)}"`)
}

function themeOf(given: string): 'system' | 'light' | 'dark' {
  return given === 'light' || given === 'dark' ? given : 'system'
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string)
}
