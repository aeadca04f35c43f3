export { dashboardFiles } from './dashboard-files.ts'
export { BURN_PAGE_FAST, BURN_PAGE_SLOW, BURN_TICKET, OBJECTIVES } from './objectives.ts'
export { panelQueries, type PanelQuery } from './panel-queries.ts'
