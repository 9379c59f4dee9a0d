import { edgeAliases } from './edges';

test.each([
  ['db', 'postgres', ['postgres', 'db-postgres']],
  ['ai-chatbot', 'ai-chatbot-redis', ['ai-chatbot-redis', 'ai-chatbot-ai-chatbot-redis', 'redis']],
])('a consumer knows %s:%s by %j', (provider, service, names) => {
  expect(edgeAliases(provider, service)).toEqual(names);
});
