// The public conformance suite of twitter-text 3, run against our text rules. Owned by the tests.
//
// The cases are data of twitter/twitter-text (Apache-2.0, Copyright Twitter, Inc. and other
// contributors; conformance/LICENSE), in conformance/*.json with their commit. A case that asks for something that
// Rookery does not have is not run; it stands under `not_applicable` by name, with the reason. Of the
// suite's other files, tlds.yml is run from our own table, autolink.yml and hit_highlighting.yml make
// HTML, which Rookery does not.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { extractEntities } from '../../../../protocol/text/entities.ts'
import { checkHandle, checkTweetText } from '../../../../protocol/text/normalize.ts'
import { asciiTlds, internationalTlds } from '../../../../protocol/text/tlds.ts'
import { weightedLength } from '../../../../protocol/text/weight.ts'

type Case<Expected> = { description: string; text: string; expected: Expected }
type Ranged = [name: string, start: number, end: number]
type WeightCase = { description: string; text: string; weightedLength: number; valid: boolean }
type NotApplicable = { section: string; description: string; reason: string }

const suite = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`conformance/${name}.json`, import.meta.url), 'utf8'))

const extract = suite('extract')
const validate = suite('validate')

const handles = (text: string) => extractEntities(text).mentions.map((each) => each.handle)
const tags = (text: string) => extractEntities(text).hashtags.map((each) => each.tag)
const urls = (text: string) => extractEntities(text).urls.map((each) => each.url)

const names: Record<string, (text: string) => string[]> = {
  mentions: handles,
  urls,
  tco_urls_with_params: urls,
  hashtags: tags,
  hashtags_from_astral: tags,
}

describe.each(Object.keys(names))('extract: %s', (section) => {
  test.each(extract[section] as Case<string[]>[])('$description', ({ text, expected }) => {
    expect(names[section]!(text)).toEqual(expected)
  })
})

const ranges: Record<string, (text: string) => Ranged[]> = {
  mentions_with_indices: (text) =>
    extractEntities(text).mentions.map((each) => [each.handle, each.start, each.end]),
  urls_with_indices: (text) =>
    extractEntities(text).urls.map((each) => [each.url, each.start, each.end]),
  urls_with_directional_markers: (text) =>
    extractEntities(text).urls.map((each) => [each.url, each.start, each.end]),
  hashtags_with_indices: (text) =>
    extractEntities(text).hashtags.map((each) => [each.tag, each.start, each.end]),
}

describe.each(Object.keys(ranges))('extract: %s', (section) => {
  test.each(extract[section] as Case<Ranged[]>[])('$description', ({ text, expected }) => {
    expect(ranges[section]!(text)).toEqual(expected)
  })
})

describe.each([
  'WeightedTweetsCounterTest',
  'WeightedTweetsWithDiscountedEmojiCounterTest',
  'UnicodeDirectionalMarkerCounterTest',
])('validate: %s', (section) => {
  test.each(validate[section] as WeightCase[])('$description', (each) => {
    expect(weightedLength(each.text)).toBe(each.weightedLength)
    expect(checkTweetText(each.text).ok).toBe(each.valid)
  })
})

const whole: Record<string, (text: string) => boolean> = {
  tweets: (text) => checkTweetText(text).ok,
  usernames: (text) => checkHandle(text.slice(1)).ok,
  hashtags: (text) => tags(text).length === 1 && `#${tags(text)[0]}` === text,
  urls: (text) => urls(text).length === 1 && urls(text)[0] === text,
  urls_without_protocol: (text) => urls(text).length === 1 && urls(text)[0] === text,
}

describe.each(Object.keys(whole))('validate: %s', (section) => {
  test.each(validate[section] as Case<boolean>[])('$description', ({ text, expected }) => {
    expect(whole[section]!(text)).toBe(expected)
  })
})

// The suite has a file of its own, tlds.yml, with a link for every top-level domain. This is that
// file made from our table, so without the domains that have been given back to IANA since.
test('a link to every top-level domain is a link', () => {
  for (const tld of [...asciiTlds, ...internationalTlds]) {
    expect(urls(`https://twitter.${tld}`)).toEqual([`https://twitter.${tld}`])
    expect(urls(`see twitter.${tld}, or not`)).toEqual([`twitter.${tld}`])
  }
})

// As many as the two files have, and the section `lengths` of an older one, so that none gets lost; and how
// many of them are run.
test.each<[string, Record<string, unknown>, number, number]>([
  ['extract.yml', extract, 236, 204],
  ['validate.yml', validate, 104, 70],
])('%s is here with all its cases', (_, suiteOf, all, run) => {
  const lists = Object.entries(suiteOf).filter(([, cases]) => Array.isArray(cases))
  const count = (cases: [string, unknown][]) =>
    cases.reduce((sum, [, list]) => sum + (list as unknown[]).length, 0)
  expect(count(lists)).toBe(all)
  expect(count(lists.filter(([section]) => section !== 'not_applicable'))).toBe(run)
})

describe('the cases that are not run', () => {
  const left = [extract, validate].flatMap((each) => each['not_applicable'] as NotApplicable[])

  test('each says why', () => {
    for (const { section, description, reason } of left) {
      expect(reason.length, `${section}: ${description}`).toBeGreaterThan(20)
    }
  })

  test('are the ones that ask for what Rookery does not have', () => {
    const sections = new Set(left.map((each) => each.section))
    expect([...sections].sort()).toEqual([
      'WeightedTweetsCounterTest',
      'cashtags',
      'cashtags_with_indices',
      'lengths',
      'lists',
      'mentions_or_lists_with_indices',
      'replies',
      'urls',
      'urls_with_indices',
    ])
  })
})
