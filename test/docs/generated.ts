// Every file that is generated, by path, as its source says now. `npm run docs` writes them, and
// test/tidy.test.ts fails where one differs.

import { protocolDocument } from './protocol-document.ts'
import { settingNamesModule, settingsDocument } from './settings-document.ts'

export function generatedFiles(): Record<string, string> {
  return {
    'docs/protocol.md': protocolDocument(),
    'docs/settings.md': settingsDocument(),
    'protocol/std/setting-names.ts': settingNamesModule(),
  }
}
