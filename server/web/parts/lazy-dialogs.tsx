// Dialogs that few open: fetched when the first one does.

import { lazyDialog } from './lazy.tsx'

export const AddToDialog = lazyDialog(async () => (await import('./add-to.tsx')).AddToDialog)
export const ReportDialog = lazyDialog(
  async () => (await import('./report-dialog.tsx')).ReportDialog,
)
export const PromoteDialog = lazyDialog(
  async () => (await import('./promote-dialog.tsx')).PromoteDialog,
)
