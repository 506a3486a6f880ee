// The page of a run: whole in one file, and safe whatever is told in it.

import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { htmlOf } from '../../../../loadtest/report/html.ts'
import { Recorder } from '../../../../loadtest/report/recorder.ts'
import type { Recording } from '../../../../loadtest/report/recording.ts'
import { finishRun, makeReport } from '../../../../loadtest/report/report.ts'

function pageOf(work: (recorder: Recorder) => void): string {
  const report = makeReport({ isTerminal: false, print: () => undefined })
  const recorder = new Recorder({ report })
  recorder.start()
  work(recorder)
  const outcome = recorder.outcome({ clients: 3 })
  return htmlOf(finishRun({ scenario: 'live', options: { clients: 3, url: undefined }, outcome }))
}

function dataOf(page: string): Recording {
  const match = /<script type="application\/json" id="recording">([^<]*)<\/script>/.exec(page)
  return JSON.parse(match![1]!) as Recording
}

test('the verdict comes first, then figures, settings and machine', () => {
  const page = pageOf((recorder) => recorder.kind('push', 'to each socket').record(1_234))
  expect(page).toContain('<strong>Right</strong>')
  expect(page.indexOf('Right')).toBeLessThan(page.indexOf('to each socket'))
  expect(page).toContain('--clients')
  expect(page).not.toContain('--url')
  expect(page).toContain(process.version)
  expect(dataOf(page).kinds[0]).toMatchObject({ name: 'push', count: 1 })
})

test('what was wrong is named in the verdict', () => {
  const page = pageOf((recorder) => {
    recorder.error('timeout', 2)
    recorder.missed = 7
  })
  expect(page).toContain('<strong>Wrong</strong>: timeout 2 times, 7 missed')
})

test('nothing is fetched from anywhere, and every script can be read', () => {
  const page = pageOf((recorder) => recorder.kind('push').record(5))
  expect(page).not.toMatch(/(?:src|href)=|@import|url\(/)
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!)
  expect(scripts).toHaveLength(2)
  for (const script of scripts) runInNewContext(`() => {${script}\n}`)
})

test('a name that looks like markup stays text', () => {
  const name = '</script><img src=x>&"'
  const page = pageOf((recorder) => {
    recorder.kind(name).record(5)
    recorder.error(name)
  })
  expect(page).not.toContain('<img')
  expect(Object.keys(dataOf(page).errors)).toEqual([name])
})
