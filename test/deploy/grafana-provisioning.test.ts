import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { expect, test } from 'vitest'

const read = async (file: string): Promise<unknown> =>
  parse(await readFile(join(import.meta.dirname, '../../deploy/grafana/provisioning', file), 'utf8'))

test('Grafana is given one Prometheus, with the scrape interval that windows are reckoned from and links from exemplars to traces', async () => {
  expect(await read('datasources/prometheus.yaml')).toMatchObject({
    apiVersion: 1,
    datasources: [
      {
        uid: 'cq-prometheus',
        type: 'prometheus',
        isDefault: true,
        jsonData: {
          timeInterval: '15s',
          exemplarTraceIdDestinations: [
            { name: 'trace_id', urlDisplayLabel: 'Trace', url: '${TRACES_URL}/trace/$${__value.raw}' },
          ],
        },
      },
    ],
  })
})

test('Grafana reads dashboards from files alone: what is changed in place is not kept', async () => {
  expect(await read('dashboards/callback-quorum.yaml')).toMatchObject({
    apiVersion: 1,
    providers: [{ type: 'file', allowUiUpdates: false, options: { path: '/var/lib/grafana/dashboards' } }],
  })
})
