"""Literals and datatypes: does a literal, by its value, belong to a datatype?

Section 4.3, table 8, of https://www.w3.org/TR/owl2-profiles/ (dt-type2 and dt-not-type). What comes in: a literal and
the IRI of a datatype. What goes out: yes or no; a datatype that is not in the tables below keeps nothing out.
"""

from __future__ import annotations

from rdflib import RDF, RDFS, XSD, Literal, URIRef
from rdflib.term import Node

# Datatypes of one line may share values (5 is an integer and a decimal); those of two lines never do.
_FAMILIES = """
decimal integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger \
    unsignedLong unsignedInt unsignedShort unsignedByte
string normalizedString token language Name NCName NMTOKEN
dateTime dateTimeStamp
duration dayTimeDuration yearMonthDuration
date
time
gYear
gYearMonth
gMonth
gMonthDay
gDay
boolean
double
float
anyURI
hexBinary
base64Binary
"""
_FAMILY_OF: dict[Node, frozenset[Node]] = {
    datatype: family
    for family in (frozenset(XSD[name] for name in line.split()) for line in _FAMILIES.strip().splitlines())
    for datatype in family
}
_FAMILY_OF[RDF.langString] = frozenset((RDF.langString,))


def is_in_value_space(literal: Literal, datatype: Node) -> bool:
    """Tell whether the value of a literal is one of the datatype's; an unknown datatype is given the benefit."""
    own = RDF.langString if literal.language else literal.datatype or XSD.string
    if literal.ill_typed:
        return False
    if datatype in (own, RDFS.Literal) or datatype not in _FAMILY_OF or own not in _FAMILY_OF:
        return True
    if not isinstance(datatype, URIRef) or own not in _FAMILY_OF[datatype]:
        return False
    recast = Literal(str(literal), datatype=datatype)
    return not recast.ill_typed and recast.value in (None, literal.value)
