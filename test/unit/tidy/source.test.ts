import { expect, test } from 'vitest'
import { makeSource } from '../../tidy/source.ts'

const text = [
  "const url = 'http://example.org' // a comment with 'quotes'",
  'const pattern = /["\'`/*]{2}/g /* and another */',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program
  'const nested = `a ${ b({ c: `d` }) } // not a comment`',
  'const half = total / 2 / count',
].join('\n')

test('code, strings and comments are told apart, and every offset stays where it was', () => {
  const source = makeSource({ path: 'protocol/example.ts', text })
  for (const view of [source.code, source.codeAndStrings, source.comments]) {
    expect(view).toHaveLength(text.length)
    expect(view.split('\n')).toHaveLength(4)
  }
  expect(source.code).not.toMatch(/example|comment|another|["`/*]{3}/)
  expect(source.code).toContain('b({ c:')
  expect(source.code).toContain('total / 2 / count')
  expect(source.codeAndStrings).toContain("'http://example.org'")
  expect(source.codeAndStrings).toContain('// not a comment')
  expect(source.comments).toContain("a comment with 'quotes'")
  expect(source.comments).not.toContain('not a comment')
})
