import { BUSYBOX } from '../../harness/engine/images';
import { compose, COMPOSE_FILE, service, type Row } from '../row';

/** What Compose puts together from several files, and how YAML may be written. */
export const FILES: Row[] = [
  {
    title: '.env in ports, names and text, with quotes, escapes and other variables',
    first: {
      '.env': `A=one\nB="two \\"quoted\\" $A"\nC='$A stays'\nexport D=\${A}-\${MISSING:-none} # a remark\nE=pa#ss\nF=\n`,
      ...compose({
        web: service({
          environment: { A: '$A', B: '${B}', C: '${C}', D: '${D}', E: '${E}', F: '${F-unset}${F:-empty}' },
        }),
      }),
    },
    changes: [{ '.env': 'A=uno\nB=dos\nC=tres\nD: cuatro\nE="line\\nbreak"\n' }],
  },
  {
    title: 'a variable without a value is empty, a required one ends the deploy',
    first: compose({ web: service({ environment: { A: '${MISSING_ONE}', B: '${MISSING_TWO:-b}' } }) }),
    changes: [compose({ web: service({ environment: { A: '${MISSING_ONE:?is needed}' } }) })],
    fails: true,
  },
  {
    title: 'environment without a value comes from .env',
    first: {
      '.env': 'PASS=s3\nOTHER=x\n',
      ...compose({
        web: service({ environment: { PASS: null, ABSENT: null } }),
        list: service({ environment: ['OTHER', 'ABSENT'] }),
      }),
    },
    changes: [{ '.env': 'PASS=s4\nOTHER=x\n' }],
  },
  {
    title: 'variables inside an env_file',
    first: {
      '.env': 'REGION=eu-west\n',
      'app.env': 'ZONE=${REGION}-1\nQUOTED="a ${ZONE}"\nRAW=\'${ZONE}\'\n',
      ...compose({ web: service({ env_file: 'app.env' }) }),
    },
    changes: [{ '.env': 'REGION=us-east\n' }],
  },
  {
    title: 'several env_files, one of which may be missing',
    first: {
      'a.env': 'A=a\nB=a\n',
      'b.env': 'B=b\n',
      ...compose({
        web: service({
          env_file: ['a.env', { path: 'b.env' }, { path: 'absent.env', required: false }],
          environment: { C: 'c' },
        }),
      }),
    },
    changes: [{ 'absent.env': 'D=d\nA=d\n' }],
  },
  {
    title: 'a missing env_file ends the deploy',
    first: compose({ web: service() }),
    changes: [compose({ web: service({ env_file: 'absent.env' }) })],
    fails: true,
  },
  {
    title: 'an env_file that is taken as it is',
    sinceCompose: '2.30.0',
    first: {
      'raw.env': 'A="quoted $B"\n',
      ...compose({ web: service({ env_file: [{ path: 'raw.env', format: 'raw' }] }) }),
    },
    changes: [{ 'raw.env': 'A="other $B"\n' }],
  },
  {
    title: 'COMPOSE_PROFILES in .env',
    intended: ['a service whose profile is not active any more'],
    first: {
      '.env': 'COMPOSE_PROFILES=extra\n',
      ...compose({
        web: service(),
        more: service({ profiles: ['extra'] }),
        never: service({ profiles: ['other'] }),
      }),
    },
    changes: [{ '.env': 'COMPOSE_PROFILES=extra,other\n' }, { '.env': 'COMPOSE_PROFILES=\n' }],
  },
  {
    title: 'COMPOSE_COMPATIBILITY in .env',
    first: {
      '.env': 'COMPOSE_COMPATIBILITY=true\n',
      Dockerfile: `FROM ${BUSYBOX}\nRUN echo one > /page\n`,
      ...compose({ web: { ...service({ build: '.' }), image: undefined } }),
    },
    changes: [
      // Another service alone: what is built stays.
      compose({ web: { ...service({ build: '.' }), image: undefined }, more: service() }),
    ],
  },
  {
    title: 'COMPOSE_FILE in .env',
    first: {
      '.env': 'COMPOSE_FILE=docker-compose.yml:prod.yml\n',
      ...compose({ web: service({ environment: { MODE: 'dev' } }) }),
      'prod.yml': { services: { web: { environment: { MODE: 'prod' } }, cron: service() } },
    },
    changes: [{ 'prod.yml': { services: { web: { environment: { MODE: 'prod2' } }, cron: service() } } }],
  },
  {
    title: 'COMPOSE_FILE in .env with a separator of its own and a folder of its own',
    project: 'deploy',
    first: {
      '.env': 'COMPOSE_PATH_SEPARATOR=;\nSTAGE=prod\nCOMPOSE_FILE=deploy/base.yml;deploy/${STAGE}.yml\n',
      // A folder is a project by a Compose or an ingress file of its own.
      'ingress.yml': 'ingress: []\n',
      'deploy/base.yml': { services: { web: service({ volumes: ['./data:/data'] }) } },
      'deploy/prod.yml': { services: { web: { environment: { MODE: 'prod' } } } },
    },
    changes: [{ 'deploy/prod.yml': { services: { web: { environment: { MODE: 'more' } } } } }],
  },
  {
    title: 'COMPOSE_PROJECT_NAME in .env',
    project: '__NAME__-zz',
    first: {
      '.env': 'COMPOSE_PROJECT_NAME=__NAME__-zz\n',
      ...compose(
        { web: service({ volumes: ['data:/data'], environment: { P: '${COMPOSE_PROJECT_NAME}' } }) },
        { volumes: { data: {} } },
      ),
    },
    changes: [
      compose(
        { web: service({ volumes: ['data:/data'], environment: { P: 'x${COMPOSE_PROJECT_NAME}' } }) },
        { volumes: { data: {} } },
      ),
    ],
  },
  {
    title: 'a variable in name',
    project: '__NAME__-prod',
    first: { '.env': 'STAGE=prod\n', ...compose({ web: service() }, { name: '__NAME__-${STAGE}' }) },
    changes: [compose({ web: service({ environment: { A: 'b' } }) }, { name: '__NAME__-${STAGE}' })],
  },
  {
    title: 'name, and variables that hold it',
    project: '__NAME__-own',
    first: compose(
      { web: service({ environment: { P: '${COMPOSE_PROJECT_NAME}' } }) },
      { name: '__NAME__-own' },
    ),
    changes: [
      compose(
        { web: service({ environment: { P: '$COMPOSE_PROJECT_NAME', Q: 'q' } }) },
        { name: '__NAME__-own' },
      ),
    ],
  },
  {
    title: 'an override file',
    first: {
      ...compose({ web: service({ environment: { A: 'a', B: 'b' }, dns: ['9.9.9.9'], tmpfs: ['/a'] }) }),
      'docker-compose.override.yml': { services: { web: { environment: { B: 'over' }, tmpfs: ['/b'] } } },
    },
    changes: [
      {
        'docker-compose.override.yml':
          'services:\n  web:\n    environment: !override {C: c}\n    tmpfs: !reset []\n',
      },
    ],
  },
  {
    title: 'extends in one file and in another',
    first: {
      ...compose({
        base: service({ profiles: ['never'], environment: { A: 'base' }, volumes: ['./base:/base'] }),
        web: { extends: { service: 'base' }, environment: { B: 'web' } },
        more: { extends: { file: 'lib/common.yml', service: 'common' }, environment: { B: 'more' } },
      }),
      'lib/common.yml': {
        services: {
          common: service({ environment: { A: 'common' }, env_file: 'common.env', volumes: ['./lib:/lib'] }),
        },
      },
      'lib/common.env': 'FROM_FILE=1\n',
    },
    changes: [{ 'lib/common.env': 'FROM_FILE=2\n' }],
  },
  {
    title: 'include with an env_file',
    first: {
      ...compose(
        { web: service() },
        { include: [{ path: 'parts/db/compose.yml', env_file: 'parts/db/db.env' }] },
      ),
      'parts/db/compose.yml': {
        services: { db: service({ environment: { V: '${V}' }, volumes: ['./data:/data'] }) },
      },
      'parts/db/db.env': 'V=one\n',
    },
    changes: [{ 'parts/db/db.env': 'V=two\n' }],
  },
  {
    title: 'include with a project_directory, an include inside it, and .env files of both',
    first: {
      '.env': 'TOP=top\nBOTH=top\n',
      ...compose(
        { web: service() },
        {
          include: [{ path: ['parts/a.yml', 'parts/a.more.yml'], project_directory: '.' }, 'sub/compose.yml'],
        },
      ),
      'parts/a.yml': { services: { a: service({ volumes: ['./here:/here'] }) } },
      'parts/a.more.yml': { services: { a: { environment: { TOP: '${TOP}' } } } },
      'sub/compose.yml': {
        include: ['deeper/compose.yml'],
        services: { b: service({ environment: { SUB: '${SUB}', BOTH: '${BOTH}' } }) },
      },
      'sub/.env': 'SUB=sub\nBOTH=sub\n',
      'sub/deeper/compose.yml': { services: { c: service({ environment: { SUB: '${SUB:-unseen}' } }) } },
    },
    changes: [{ 'sub/.env': 'SUB=other\nBOTH=sub\n' }],
  },
  {
    title: 'a bound file that the container writes itself',
    first: {
      'app.db': 'made with the project\n',
      ...compose({
        web: service({
          volumes: ['./app.db:/app.db'],
          command: ['sh', '-c', 'date >> /app.db; exec sleep 1000000'],
        }),
      }),
    },
    changes: [{}],
  },
  {
    title: 'configs and secrets from the environment, from content and from files',
    intended: ['a mounted file, config or secret whose content changed'],
    first: {
      '.env': 'CONFIG=from dotenv\n',
      'file.txt': 'one\n',
      ...compose(
        {
          web: service({
            configs: ['env', { source: 'text', target: '/etc/text', mode: 0o440 }],
            secrets: ['env', { source: 'file', target: 'renamed' }],
            network_mode: 'none',
          }),
        },
        {
          configs: { env: { environment: 'CONFIG' }, text: { content: 'with $CONFIG\n' } },
          secrets: { env: { environment: 'CONFIG' }, file: { file: './file.txt' } },
        },
      ),
    },
    changes: [{ '.env': 'CONFIG=changed\n' }],
  },
  {
    title: 'anchors on keys, merges with a tag, anchors and extension fields',
    first: {
      [COMPOSE_FILE]: `x-base: &base
  image: ${BUSYBOX}
  command: [sleep, '1000000']
  stop_grace_period: 0s
services:
  &key web:
    !!merge <<: *base
    container_name: __NAME__-web
    environment: &env {SELF: *key}
  more:
    <<: [*base, {init: true}]
    environment: {<<: *env, MORE: more}
`,
    },
    changes: [
      {
        [COMPOSE_FILE]: `x-base: &base {image: ${BUSYBOX}, command: [sleep, '2000000'], stop_grace_period: 0s}\nservices: {web: *base, more: {<<: *base, tty: true}}\n`,
      },
    ],
  },
  {
    title: '!reset in a list',
    first: {
      [COMPOSE_FILE]: `services:\n  web: {image: ${BUSYBOX}, command: [sleep, '1000000'], stop_grace_period: 0s, tmpfs: [/a, !reset null]}\n`,
    },
    changes: [
      {
        [COMPOSE_FILE]: `services:\n  web: {image: ${BUSYBOX}, command: [sleep, '1000000'], stop_grace_period: 0s, tmpfs: [/a, /b]}\n`,
      },
    ],
  },
  {
    title: 'lines that end with a carriage return',
    first: {
      [COMPOSE_FILE]: `services:\r  web:\r    image: ${BUSYBOX}\r    command: [sleep, '1000000']\r    stop_grace_period: 0s\r`,
    },
    changes: [
      {
        [COMPOSE_FILE]: `services:\r\n  web:\r\n    image: ${BUSYBOX}\r\n    command: [sleep, '1000001']\r\n    stop_grace_period: 0s\r\n`,
      },
    ],
  },
  {
    title: 'several documents in one file',
    first: {
      [COMPOSE_FILE]: `services:\n  web: {image: ${BUSYBOX}, command: [sleep, '1000'], stop_grace_period: 0s}\n---\nservices:\n  web: {environment: {A: b}}\n`,
    },
    changes: [
      {
        [COMPOSE_FILE]: `services:\n  web: {image: ${BUSYBOX}, command: [sleep, '1000'], stop_grace_period: 0s}\n---\nservices:\n  web: {environment: {A: c}}\n`,
      },
    ],
  },
  {
    title: 'variables where only some words fit',
    first: {
      '.env': 'PP=never\nRESTART=always\nFLAG=true\nCOUNT=2\nINC=parts/inc.yml\nKIND=bind\n',
      'parts/inc.yml': { services: { inc: service() } },
      ...compose(
        {
          web: service({
            ...{
              pull_policy: '${PP}',
              restart: '${RESTART}',
              read_only: '${FLAG}',
              scale: '${COUNT}',
              init: '${FLAG:-false}',
            },
            volumes: [
              { type: '${KIND}', source: './data', target: '/data', bind: { create_host_path: true } },
            ],
          }),
        },
        { include: ['${INC}'] },
      ),
    },
    changes: [{ '.env': 'PP=missing\nRESTART=no\nFLAG=false\nCOUNT=1\nINC=parts/inc.yml\nKIND=bind\n' }],
  },
  {
    title: 'label_file',
    sinceCompose: '2.32.2',
    first: {
      'app.labels': 'org.example.a=one\n',
      ...compose({ web: service({ label_file: 'app.labels' }) }),
    },
    changes: [{ 'app.labels': 'org.example.a=two\n' }],
  },
];
