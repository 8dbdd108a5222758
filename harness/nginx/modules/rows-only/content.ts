import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  LOCATION,
  type ModuleTable,
  NONE,
  NUMBER,
  only,
  refused,
  refusedUnlessOff,
  SERVER_LOCATION,
  SIZE,
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
  {
    module: 'ngx_http_stub_status_module',
    rows: {
      stub_status: [SERVER_LOCATION, text(0, 1), refused('answers by itself', 'handler')],
    },
  },
  {
    module: 'ngx_http_empty_gif_module',
    rows: {
      empty_gif: [LOCATION, NONE, refused('answers by itself', 'handler')],
    },
  },
  {
    module: 'ngx_http_flv_module',
    rows: {
      flv: [LOCATION, NONE, refused('answers by itself', 'handler')],
    },
  },
  {
    module: 'ngx_http_mp4_module',
    rows: {
      mp4: [LOCATION, NONE, refused('answers by itself', 'handler')],
      mp4_buffer_size: [HTTP_SERVER_LOCATION, SIZE, accepted(only('mp4'))],
      mp4_max_buffer_size: [HTTP_SERVER_LOCATION, SIZE, accepted(only('mp4'))],
      mp4_start_key_frame: [HTTP_SERVER_LOCATION, FLAG, accepted(only('mp4'))],
    },
  },
  {
    module: 'ngx_http_slice_module',
    rows: {
      slice: [HTTP_SERVER_LOCATION, SIZE, refused('asks the upstream for one range at a time', 'proxied')],
    },
  },
]
