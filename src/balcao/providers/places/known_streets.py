"""Well-known streets of five capitals with their CEP and a point on them, so that freight works out of the box.

Points were placed by hand, not surveyed: expect them to be some hundred metres off.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownStreet:
    """One CEP of one street; the point is in decimal degrees (WGS 84)."""

    cep: str
    street: str
    district: str
    city: str
    state: str
    lat: float
    lng: float


_SAO_PAULO = (
    ("01001000", "Praça da Sé", "Sé", -23.5505, -46.6333),
    ("01002020", "Viaduto do Chá", "Centro", -23.5470, -46.6386),
    ("01014000", "Rua Boa Vista", "Centro", -23.5459, -46.6335),
    ("01021000", "Rua Vinte e Cinco de Março", "Centro", -23.5435, -46.6310),
    ("01024000", "Rua da Cantareira", "Centro", -23.5416, -46.6297),
    ("01046010", "Avenida Ipiranga", "República", -23.5464, -46.6446),
    ("01222010", "Rua Maria Antônia", "Vila Buarque", -23.5463, -46.6508),
    ("01227000", "Avenida Angélica", "Santa Cecília", -23.5395, -46.6560),
    ("01246000", "Avenida Doutor Arnaldo", "Pacaembu", -23.5545, -46.6700),
    ("01304001", "Rua Augusta", "Consolação", -23.5528, -46.6535),
    ("01310100", "Avenida Paulista", "Bela Vista", -23.5652, -46.6517),
    ("01310200", "Avenida Paulista", "Bela Vista", -23.5614, -46.6559),
    ("01311000", "Avenida Paulista", "Bela Vista", -23.5703, -46.6450),
    ("01318001", "Avenida Brigadeiro Luís Antônio", "Bela Vista", -23.5590, -46.6420),
    ("01414001", "Rua Haddock Lobo", "Cerqueira César", -23.5600, -46.6648),
    ("01426001", "Rua Oscar Freire", "Cerqueira César", -23.5625, -46.6695),
    ("01451000", "Avenida Brigadeiro Faria Lima", "Jardim Paulistano", -23.5750, -46.6872),
    ("04010100", "Rua Domingos de Morais", "Vila Mariana", -23.5830, -46.6368),
    ("04094050", "Avenida Pedro Álvares Cabral", "Parque Ibirapuera", -23.5874, -46.6576),
    ("04101000", "Rua Vergueiro", "Vila Mariana", -23.5805, -46.6387),
    ("04263000", "Avenida Nazaré", "Ipiranga", -23.5875, -46.6098),
    ("04534000", "Rua Joaquim Floriano", "Itaim Bibi", -23.5829, -46.6732),
    ("04538133", "Avenida Brigadeiro Faria Lima", "Itaim Bibi", -23.5867, -46.6821),
    ("04543011", "Avenida Presidente Juscelino Kubitschek", "Vila Nova Conceição", -23.5898, -46.6850),
    ("04551060", "Rua Funchal", "Vila Olímpia", -23.5938, -46.6905),
    ("04571010", "Avenida Engenheiro Luiz Carlos Berrini", "Cidade Monções", -23.6048, -46.6940),
    ("04578000", "Avenida das Nações Unidas", "Brooklin Paulista", -23.6093, -46.6968),
    ("05001200", "Avenida Francisco Matarazzo", "Água Branca", -23.5273, -46.6780),
    ("05402000", "Avenida Rebouças", "Pinheiros", -23.5584, -46.6725),
    ("05405000", "Rua Teodoro Sampaio", "Pinheiros", -23.5590, -46.6785),
    ("05416001", "Rua Fradique Coutinho", "Pinheiros", -23.5628, -46.6865),
    ("05422001", "Rua dos Pinheiros", "Pinheiros", -23.5660, -46.6842),
    ("05433000", "Rua Girassol", "Vila Madalena", -23.5550, -46.6892),
)
_RIO_DE_JANEIRO = (
    ("20010010", "Praça Quinze de Novembro", "Centro", -22.9029, -43.1741),
    ("20031170", "Avenida República do Chile", "Centro", -22.9106, -43.1801),
    ("20040002", "Avenida Rio Branco", "Centro", -22.9035, -43.1780),
    ("20040020", "Praça Pio X", "Centro", -22.9010, -43.1777),
    ("20050090", "Rua Uruguaiana", "Centro", -22.9045, -43.1805),
    ("20271110", "Avenida Maracanã", "Maracanã", -22.9125, -43.2290),
    ("22010000", "Avenida Atlântica", "Copacabana", -22.9645, -43.1738),
    ("22021001", "Avenida Atlântica", "Copacabana", -22.9675, -43.1788),
    ("22070000", "Avenida Atlântica", "Copacabana", -22.9826, -43.1893),
    ("22220000", "Rua do Catete", "Catete", -22.9262, -43.1766),
    ("22250040", "Praia de Botafogo", "Botafogo", -22.9460, -43.1825),
    ("22270000", "Rua Voluntários da Pátria", "Botafogo", -22.9530, -43.1905),
    ("22410003", "Rua Visconde de Pirajá", "Ipanema", -22.9843, -43.2050),
    ("22441000", "Avenida Delfim Moreira", "Leblon", -22.9875, -43.2220),
    ("22460000", "Rua Jardim Botânico", "Jardim Botânico", -22.9610, -43.2110),
    ("22640100", "Avenida das Américas", "Barra da Tijuca", -23.0040, -43.3180),
)
_BELO_HORIZONTE = (
    ("30112020", "Avenida Getúlio Vargas", "Funcionários", -19.9365, -43.9315),
    ("30130005", "Avenida Afonso Pena", "Boa Viagem", -19.9290, -43.9325),
    ("30130010", "Praça Sete de Setembro", "Centro", -19.9191, -43.9386),
    ("30140010", "Praça da Liberdade", "Savassi", -19.9320, -43.9380),
    ("30160040", "Rua Rio de Janeiro", "Centro", -19.9180, -43.9380),
    ("30180000", "Avenida Amazonas", "Centro", -19.9203, -43.9425),
    ("30190000", "Avenida Augusto de Lima", "Centro", -19.9228, -43.9432),
    ("30220000", "Rua do Ouro", "Serra", -19.9370, -43.9190),
    ("30310000", "Avenida Nossa Senhora do Carmo", "Sion", -19.9470, -43.9335),
    ("31275000", "Avenida Antônio Abrahão Caram", "São José", -19.8659, -43.9711),
)
_CURITIBA = (
    ("80010000", "Rua José Loureiro", "Centro", -25.4325, -49.2700),
    ("80020300", "Praça Santos Andrade", "Centro", -25.4275, -49.2670),
    ("80020310", "Rua XV de Novembro", "Centro", -25.4303, -49.2712),
    ("80020320", "Rua Marechal Deodoro", "Centro", -25.4312, -49.2695),
    ("80230000", "Avenida Silva Jardim", "Rebouças", -25.4400, -49.2685),
    ("80240000", "Avenida Sete de Setembro", "Batel", -25.4440, -49.2865),
    ("80420000", "Rua Comendador Araújo", "Centro", -25.4365, -49.2815),
    ("80420090", "Avenida do Batel", "Batel", -25.4425, -49.2890),
    ("80530000", "Avenida Cândido de Abreu", "Centro Cívico", -25.4205, -49.2685),
    ("80730000", "Rua Padre Anchieta", "Bigorrilho", -25.4330, -49.2915),
)
_RECIFE = (
    ("50010000", "Avenida Guararapes", "Santo Antônio", -8.0635, -34.8790),
    ("50020000", "Avenida Dantas Barreto", "São José", -8.0690, -34.8805),
    ("50030000", "Avenida Marquês de Olinda", "Recife", -8.0630, -34.8728),
    ("50030150", "Avenida Alfredo Lisboa", "Recife", -8.0617, -34.8707),
    ("50030230", "Cais do Apolo", "Recife", -8.0580, -34.8728),
    ("50050000", "Rua da Aurora", "Boa Vista", -8.0600, -34.8803),
    ("50070000", "Avenida Manoel Borba", "Boa Vista", -8.0625, -34.8895),
    ("51011000", "Avenida Boa Viagem", "Pina", -8.0950, -34.8830),
    ("51020000", "Avenida Boa Viagem", "Boa Viagem", -8.1100, -34.8912),
    ("51020010", "Rua dos Navegantes", "Boa Viagem", -8.1160, -34.8940),
    ("51030000", "Avenida Boa Viagem", "Boa Viagem", -8.1380, -34.9020),
    ("52050000", "Avenida Rui Barbosa", "Graças", -8.0430, -34.8975),
)

KNOWN_STREETS: tuple[KnownStreet, ...] = tuple(
    KnownStreet(cep, street, district, city, state, lat, lng)
    for city, state, rows in (
        ("São Paulo", "SP", _SAO_PAULO),
        ("Rio de Janeiro", "RJ", _RIO_DE_JANEIRO),
        ("Belo Horizonte", "MG", _BELO_HORIZONTE),
        ("Curitiba", "PR", _CURITIBA),
        ("Recife", "PE", _RECIFE),
    )
    for cep, street, district, lat, lng in rows
)
