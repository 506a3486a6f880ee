// Every setting says what it is counted in and what it does; every limit says why it is what it is.

import type { SettingsTable } from '../../protocol/std/settings.ts'
import type { SourceFile, Violation } from './source.ts'
import { isCode } from './source.ts'

/** `tables` by the path of the file that declares them. */
export function settingsAreDescribed(
  tables: readonly { readonly path: string; readonly table: SettingsTable }[],
): Violation[] {
  return tables.flatMap(({ path, table }) =>
    Object.entries(table).flatMap(([name, setting]) => {
      const complain = (advice: string) => ({ path, line: 1, advice: `${name}: ${advice}` })
      const needsUnit = ['integer', 'number', 'text', 'list'].includes(setting.kind)
      const violations: Violation[] = []
      if (!/^ROOKERY_[A-Z0-9_]+$/.test(setting.env)) {
        violations.push(complain(`${setting.env} must be ROOKERY_ and capitals.`))
      }
      if (needsUnit && (setting.unit ?? '') === '') {
        violations.push(complain('say in `unit` what it is counted in, or what a text is.'))
      }
      if (setting.meaning.trim().length < 10) {
        violations.push(complain('say in `meaning`, in a sentence, what it does.'))
      }
      if ('min' in setting && setting.default !== undefined) {
        const value = setting.default as number
        if (value < setting.min || value > setting.max) {
          violations.push(complain('its default is outside of its bounds.'))
        }
      }
      return violations
    }),
  )
}

/** A limit has a comment right above it, or above the group of lines that it stands in. */
export function limitsAreExplained(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && /^(protocol|server|shard)\/limits\.ts$/.test(file.path))
    .flatMap((file) => {
      const lines = file.text.split('\n')
      return lines.flatMap((line, index) => {
        if (!line.startsWith('export const ') || isExplained(lines, index)) return []
        const name = line.split(' ')[2] ?? ''
        return [
          {
            path: file.path,
            line: index + 1,
            advice: `${name} has no comment above it: say what it bounds, in which unit, and why so.`,
          },
        ]
      })
    })
}

function isExplained(lines: readonly string[], index: number): boolean {
  for (let above = index - 1; above >= 0; above--) {
    const line = lines[above] ?? ''
    if (line.endsWith('*/')) return true
    if (!line.startsWith('export const ') && !line.startsWith('  ')) return false
  }
  return false
}
