import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  LOCATION,
  type ModuleTable,
  NUMBER,
  only,
  refusedUnlessOff,
  setOf,
  text,
} from '../../core/directives/rule.ts'

/** Modules that answer by themselves. */
export const CONTENT_MODULES: readonly ModuleTable[] = [
  {
    module: 'ngx_http_random_index_module',
    rows: {
      random_index: [LOCATION, FLAG, refusedUnlessOff('serves any file of a folder', 'file')],
    },
  },
  {
    module: 'ngx_http_dav_module',
    rows: {
      dav_methods: [
        HTTP_SERVER_LOCATION,
        setOf('off', 'put', 'delete', 'mkcol', 'copy', 'move'),
        refusedUnlessOff('answers PUT, DELETE, MKCOL, COPY and MOVE by itself', 'content'),
      ],
      create_full_put_path: [HTTP_SERVER_LOCATION, FLAG, accepted(only('dav_methods'))],
      min_delete_depth: [HTTP_SERVER_LOCATION, NUMBER, accepted(only('dav_methods'))],
      dav_access: [HTTP_SERVER_LOCATION, text(1, 3, 'once'), accepted(only('dav_methods'))],
    },
  },
]
