// Ask Comunica several queries in one process.
// Comes in: the variable GIVEN, a JSON list of {query, sources}. Goes out: a JSON list of rows, each a list of terms
// as [value, language or datatype], in the order of the query's variables.
const { QueryEngine } = require("@comunica/query-sparql");

const write = (term) => (term ? [term.value, term.language || (term.datatype ? term.datatype.value : "")] : null);

async function main() {
  const engine = new QueryEngine();
  const answers = [];
  for (const { query, sources } of JSON.parse(process.env.GIVEN)) {
    const result = await engine.query(query, { sources });
    const { variables } = await result.metadata();
    const rows = await (await result.execute()).toArray();
    answers.push(rows.map((row) => variables.map((each) => write(row.get((each.variable || each).value)))));
  }
  console.log(JSON.stringify(answers));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
