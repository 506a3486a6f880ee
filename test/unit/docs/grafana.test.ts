// The dashboard and the alert rules name metrics. A metric that is renamed would leave an empty chart, and an
// alert that never fires: so everything that they name has to be in docs/metrics.md, with these labels.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

const read = (path: string): string =>
  readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8')

type Listed = { readonly type: string; readonly labels: readonly string[] }

/** What docs/metrics.md lists; another test compares that with running processes. */
function listed(): Map<string, Listed> {
  const rows = read('metrics.md').matchAll(/^\| `(rookery_\w+)(?:\{([\w,]+)\})?` +\| (\w+) +\|/gm)
  return new Map(
    [...rows].map(([, name = '', labels = '', type = '']) => {
      const own = labels.split(',').filter((label) => label !== '')
      return [name, { type, labels: type === 'histogram' ? [...own, 'le'] : own }]
    }),
  )
}

type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }

function dashboardExpressions(): string[] {
  const { panels } = JSON.parse(read('grafana/rookery-dashboard.json')) as { panels: Panel[] }
  return panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
}

function alertExpressions(): string[] {
  return [...read('grafana/rookery-alerts.yml').matchAll(/^ +expr: (.+)$/gm)].map(
    ([, expression = '']) => expression,
  )
}

/** The metrics of an expression, by the names that docs/metrics.md has for them. */
function metricsIn(expression: string): string[] {
  const metrics = listed()
  return [...expression.matchAll(/\brookery_\w+/g)].map(([name]) => {
    const family = name.replace(/_(bucket|sum|count)$/, '')
    return metrics.get(family)?.type === 'histogram' ? family : name
  })
}

/** Labels that Prometheus itself gives. */
const labelsOfPrometheus = ['instance', 'job']

function labelsIn(expression: string): string[] {
  const grouped = [...expression.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list]) =>
    (list ?? '').split(',').map((label) => label.trim()),
  )
  const selected = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=|!=|=~|!~)"/g)].map(
    ([, one]) => one!,
  )
  return [...grouped, ...selected].filter((label) => !labelsOfPrometheus.includes(label))
}

describe.each([
  ['the dashboard', dashboardExpressions()],
  ['the alert rules', alertExpressions()],
])('%s', (_what, expressions) => {
  test('name metrics that exist, and labels that these have', () => {
    const metrics = listed()
    expect(expressions.length).toBeGreaterThan(10)
    for (const expression of expressions) {
      const names = metricsIn(expression)
      for (const name of names) expect([...metrics.keys()], expression).toContain(name)
      const known = names.flatMap((name) => metrics.get(name)?.labels ?? [])
      for (const label of labelsIn(expression)) expect(known, expression).toContain(label)
    }
  })
})

test('the dashboard shows every metric that is listed', () => {
  const shown = new Set(dashboardExpressions().flatMap(metricsIn))
  expect([...listed().keys()].filter((name) => !shown.has(name))).toEqual([])
})
