"""Words of headers that say nothing of the field, that change it, or that make it somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS: Final = _words("de do da dos das o a e the of cliente contato lead seu sua qual")
"""Left out on the second look (contacts specification, 3.1, step 8)."""

FILLER: Final = _words(
    "para p pra com c sem no na nos nas em ou os as um uma por favor voce vc seus suas teu tua meu minha meus "
    "minhas nosso nossa melhor informe informar digite insira preencha coloque escreva quais que onde mora "
    "moram reside ds sg tx mf your my is what s please enter for to in and or with are you here aqui abaixo "
    "me ola oi clientes contatos leads somente apenas so digitos ex exemplo obrigatorio obrigatoria opcional "
    "required optional formato dd mm aa aaaa yy yyyy ddmmaaaa dia mes ano @ utc gmt hh ss"
)
"""Words of questions and of hints how to fill a form in."""

NEUTRAL: Final = _words(
    "numero numeros number residencial residencia comercial principal principais pessoal particular "
    "preferencial preferido preferida atual completo completa profissional trabalho casa correspondencia "
    "entrega cobranca faturamento cadastral cadastrado cadastrada informado informada fisica juridica brasil "
    "br billing shipping default mailing home work personal main primary value person pessoa customer client "
    "contact contacts pessoas formatted proprio propria direto direta retorno"
)
"""Words that leave the field what it is: the business telephone is a telephone."""

WEAK: Final = _words(
    "aluno aluna paciente titular comprador compradora participante inscrito destinatario assinante associado "
    "convidado hospede morador candidato consumidor responsavel proprietario empresa loja firma "
    "estabelecimento companhia instituicao organizacao negocio user usuario usuaria socio socia noivo noiva "
    "noivos doador doadora beneficiario segurado inquilino locatario passageiro membro colaborador condomino "
    "formando formanda diretor diretora sindico gestor gestora lider coordenador administrador decisor "
    "comprador tutor tutora company business organization organisation employer"
)
"""Whom or what another word belongs to: the pupil's e-mail is an e-mail."""

FURTHER: Final = _words(
    "outro outra outros outras secundario secundaria alternativo alternativa adicional adicionais recado "
    "recados other additional secondary alternate alternative extra reserva segundo segunda second"
)
"""Words that make a telephone or an e-mail a further one."""

OTHERS: Final = _words(
    "mae pai filho filha filhos conjuge esposa esposo marido companheiro companheira namorado namorada avo "
    "irmao irma parente familiar dependente dependentes avalista fiador emergencia testemunha vendedor "
    "vendedora atendente consultor consultora corretor corretora representante medico medica professor "
    "professora instrutor gerente supervisor funcionario funcionaria fornecedor transportadora afiliado afiliada coprodutor coprodutora indicado "
    "indicada indicou indicacao indicador amigo amiga produto produtos servico servicos item itens curso "
    "cursos plano planos pacote modalidade turma materia disciplina anuncio anuncios conjunto formulario "
    "arquivo foto imagem pet animal cachorro gato raca especie veiculo carro moto placa marca modelo banco "
    "agencia pix chave senha evento procedimento exame remedio medicamento convenio contrato guerra artistico "
    "social cientifico botanico tecnico fantasma mother father son daughter spouse wife husband partner "
    "sibling emergency assistant manager product products service course plan ad adset adgroup form file "
    "photo image pet vehicle bank password event order orders invoice list contract contracts template domain "
    "server host device ip mac yomi phonetic maiden nickname"
)
"""Words after which a name, a telephone or an e-mail is not the contact's own."""

ABOUT: Final = _words(
    "tipo type label valido valida validado verificado verificada confirmado confirmada status situacao "
    "operadora carrier quantidade qtd qtde qde total valor preco saldo ultimo ultima ultimos ultimas updated "
    "atualizado atualizada atualizacao modificado modificada modificacao modified aberto abertos aberta "
    "abertura clicado cliques clicks opened sent bounce bounced estagio etapa fase stage score scoring "
    "pontuacao nivel rating count civil validity valid verified vencimento validade boleto fatura pedido "
    "compra venda vendas visita prazo previsao nfe xml"
)
"""Words that ask something about a value instead of giving it: e-mail checked? which kind of telephone?"""

NOT_CONTACT: Final = _words(
    "fax rg ie im nis pis pasep nit cnh cnes crm oab crc creci identidade titulo eleitor renavam chassi imei "
    "patrimonio protocolo cartao conta sku ean gtin barras codbarras ncm cnae inscricao latitude longitude"
)
"""Other numbers: they look like telephones and documents, and are none."""

ABBREVIATIONS: Final[Mapping[str, str]] = {
    "dt": "data", "cad": "cadastro", "nasc": "nascimento", "res": "residencial", "resid": "residencial",
    "coml": "comercial", "num": "numero", "nro": "numero", "nr": "numero", "n": "numero", "cod": "codigo",
    "resp": "responsavel", "cli": "cliente", "mun": "municipio", "munic": "municipio", "compl": "complemento",
    "princ": "principal", "sec": "secundario", "alt": "alternativo", "adic": "adicional", "emp": "empresa",
    "log": "logradouro", "ender": "endereco", "tels": "telefone", "fones": "telefone", "cels": "celular",
    "zaps": "whatsapp", "part": "particular", "corp": "corporativo", "prim": "primeiro", "ult": "ultimo",
    "pess": "pessoal", "obrig": "obrigatorio", "nascto": "nascimento",
    "nm": "nome", "nu": "numero", "cd": "codigo", "aniv": "aniversario", "niver": "aniversario", "vend": "vendedor",
}  # fmt: skip
"""How old programs shorten headers."""

HEAD_WORDS: Final = _words(
    "telefone fone tel celular cel whatsapp whats wpp zap phone telephone mobile cellphone email cep cpf cnpj "
    "lgpd"
)
"""Words strong enough to name the field among words nobody knows, as long as the contents agree."""

MISLEADING: Final = frozenset(
    {
        "contrato", "contract", "idade", "ciente", "county", "comprado", "marcado", "distrato", "pronome", "estrado",
        "contado", "contada", "apelido", "nome de usuario", "nome usuario", "username", "user name",
    }
)  # fmt: skip
"""Headers one letter or one word away from the name of a field that they are not."""

NUMBER_HEADERS: Final = _words("numero num nro nr n")
"""A house number or any other: what stands beside it decides."""
