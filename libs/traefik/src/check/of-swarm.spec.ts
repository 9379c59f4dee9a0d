import { apiOfSwarm, fileOfSwarm, labelsOfDocker, labelsOfSwarm } from './of-swarm';

test('names of labels in a file lead to the swarm provider; what only looks like one stays', () => {
  const file = `# auth@docker is the shop's
http:
  routers:
    a:
      rule: Host(\`a.test\`) # of shop-web@docker
      service: shop-web@docker
      middlewares: [auth@docker, "limit@file"]
  middlewares:
    b:
      basicAuth: {users: ["me@docker:x"]}
    c:
      errors: {service: 'pages@docker', status: ["500"], query: /}
tcp:
  services:
    d:
      weighted: {services: [{name: db@docker}]}
`;
  expect(fileOfSwarm(file, 'dynamic')).toBe(`# auth@docker is the shop's
http:
  routers:
    a:
      rule: Host(\`a.test\`) # of shop-web@docker
      service: shop-web@swarm
      middlewares: [auth@swarm, "limit@file"]
  middlewares:
    b:
      basicAuth: {users: ["me@docker:x"]}
    c:
      errors: {service: 'pages@swarm', status: ["500"], query: /}
tcp:
  services:
    d:
      weighted: {services: [{name: db@swarm}]}
`);
});

test('labels: names, lists of names and the network; other values stay', () => {
  const labels = {
    'traefik.enable': 'true',
    'traefik.docker.network': 'shop_proxy',
    'traefik.http.routers.a.middlewares': 'x@docker, y@file,z@docker',
    'traefik.http.routers.a.service': 'b@docker',
    'traefik.http.middlewares.m.headers.customrequestheaders.X': 'b@docker',
  };
  expect(labelsOfSwarm(labels)).toEqual({
    'traefik.enable': 'true',
    'traefik.swarm.network': 'shop_proxy',
    'traefik.http.routers.a.middlewares': 'x@swarm, y@file,z@swarm',
    'traefik.http.routers.a.service': 'b@swarm',
    'traefik.http.middlewares.m.headers.customrequestheaders.X': 'b@docker',
  });
  expect(labelsOfDocker(labelsOfSwarm(labels))).toEqual(labels);
});

test('the API is read with the names that everything else has', () => {
  expect(apiOfSwarm('{"routers":{"a@swarm":{"service":"a@swarm","rule":"Host(`x@swarm`)"}}}')).toBe(
    '{"routers":{"a@docker":{"service":"a@docker","rule":"Host(`x@swarm`)"}}}',
  );
});
